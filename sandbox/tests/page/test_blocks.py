"""Every block of Block Kit is drawn, and nothing that is data becomes markup."""

import pytest
from playwright.sync_api import Page, expect

from . import page_blocks
from .conftest import OpenPage
from .world import ALERTS, ENGINEERING, MONITOR, World

HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


def test_layout_blocks(world: World, open_page: OpenPage) -> None:
    world.post(MONITOR, "report", blocks=page_blocks.layouts())
    page = open_page(place=MONITOR)
    message = page.locator(".msg").last
    for kind in (
        "header",
        "section",
        "divider",
        "rich_text",
        "image",
        "container",
        "plan",
        "context",
        "context_actions",
    ):
        expect(message.locator(f".block--{kind}").first).to_be_attached()
    expect(message.locator(".header")).to_have_text("Daily report")
    text = message.locator(".section__text").first
    expect(text.locator("strong")).to_have_text("bold")
    expect(text.locator("em")).to_have_text("italic")
    expect(text.locator("s")).to_have_text("gone")
    expect(text.locator("code").first).to_have_text("code")
    expect(text.locator("blockquote")).to_have_text("quotedlines")
    expect(text.locator("pre")).to_have_text("def f(x):\n    return x < 3")
    expect(text.get_by_role("link", name="link")).to_have_attribute("href", "https://example.com/a?b=1")
    expect(text).to_contain_text("after <b>not bold</b> 2*3*4 snake_case_name")
    expect(text.locator(".mention")).to_have_text(["@alex", "#data-monitoring", "@data-oncall", "@here"])
    expect(message.locator(".image-missing")).to_contain_text("Success by phase over seven days")


def test_rich_text_lists_nest(world: World, open_page: OpenPage) -> None:
    world.post(MONITOR, "report", blocks=page_blocks.layouts())
    rich = open_page(place=MONITOR).locator(".rich").first
    expect(rich.locator("ol > li").nth(1)).to_contain_text("rerun")
    expect(rich.locator("ol > li ul > li")).to_have_text("newest date first")
    expect(rich.locator("pre")).to_contain_text("SELECT game_date")


def test_markdown_charts_cards(world: World, open_page: OpenPage) -> None:
    world.post(MONITOR, "figures", blocks=page_blocks.displays())
    page = open_page(place=MONITOR)
    markdown = page.locator(".markdown")
    expect(markdown.get_by_role("heading", name="Postmortem")).to_be_visible()
    expect(markdown.locator("ol > li > ul > li em")).to_have_text("point")
    expect(markdown.locator("input[type=checkbox]").first).to_be_checked()
    expect(markdown.locator("td")).to_have_text(["detect", "3", "fix", "41"])
    expect(page.get_by_role("img", name="Success by day").locator(".chart__line")).to_have_count(2)
    expect(page.get_by_role("table", name="Success by day")).to_contain_text("phase 2")
    expect(page.get_by_role("img", name="Failures by cause").locator("path")).to_have_count(3)
    expect(page.locator(".card").get_by_role("button", name="Validate")).to_be_visible()
    expect(page.get_by_role("link", name="Watch: Runbook walk-through")).to_have_attribute("target", "_blank")


def test_data_table_pages_and_sorts(world: World, open_page: OpenPage) -> None:
    world.post(MONITOR, "table", blocks=page_blocks.tables())
    table = open_page(place=MONITOR).locator(".data-table")
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(5)
    table.get_by_role("button", name="Next page").click()
    expect(table.get_by_role("status")).to_have_text("6\u201310 of 12")
    table.get_by_role("button", name="Records").click()
    expect(rows.first.locator("td").nth(2)).to_have_text("68")
    expect(table.locator("th[aria-sort=ascending]")).to_have_count(1)


def test_plain_table(world: World, open_page: OpenPage) -> None:
    world.post(MONITOR, "rota", blocks=page_blocks.plain_table())
    expect(open_page(place=MONITOR).locator(".table th")).to_have_text(["Who", "From", "To"])


@pytest.mark.parametrize(("user", "shown"), [("U01ALEX", "3:00 AM"), ("U03JORDAN", "8:00 AM"), ("U04PRIYA", "1:30 PM")])
def test_dates_are_in_the_readers_zone(world: World, open_page: OpenPage, user: str, shown: str) -> None:
    world.post(ALERTS, "INC-7", blocks=page_blocks.incident(7))
    expect(open_page(user, ALERTS).locator("time.date")).to_have_text(f"Nov 21, 2025 at {shown}")


def test_data_never_becomes_markup(world: World, open_page: OpenPage) -> None:
    escaped = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    world.post(
        MONITOR,
        escaped,
        username=HOSTILE[:70],
        blocks=[
            {"type": "header", "text": page_blocks.plain(HOSTILE[:150])},
            {"type": "section", "text": page_blocks.mrkdwn(f"{escaped} {HOSTILE} <javascript:window.hacked=1|press>")},
            {"type": "markdown", "text": f"{HOSTILE} [press](javascript:window.hacked=1)"},
        ],
    )
    world.say("U02SAM", MONITOR, HOSTILE)
    page = open_page(place=MONITOR)
    expect(page.locator(".msg").last).to_contain_text("<script>")
    assert page.locator(".msg img, .msg script, a[href^=javascript]").count() == 0
    assert page.evaluate("window.hacked") is None


def test_the_page_refuses_markup_by_policy(open_page: OpenPage) -> None:
    page = open_page(place=MONITOR)
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content") or ""
    for rule in ("default-src 'none'", "script-src 'self'", "connect-src 'self'", "require-trusted-types-for 'script'"):
        assert rule in policy


def test_unknown_emoji_stay_text(world: World, open_page: OpenPage) -> None:
    world.post(MONITOR, "a :fire: and :no_such_thing: at 10:30:00")
    expect(open_page(place=MONITOR).locator(".msg__text").last).to_have_text("a 🔥 and :no_such_thing: at 10:30:00")


def _engineering(world: World, open_page: OpenPage) -> Page:
    world.post(ENGINEERING, "elements", blocks=page_blocks.elements())
    return open_page(place=ENGINEERING)


def test_every_element_is_drawn_and_named(world: World, open_page: OpenPage) -> None:
    page = _engineering(world, open_page)
    drawn = page.locator(".msg [data-action]")
    expect(drawn).to_have_count(13)
    named = "all => all.every((one) => one.ariaLabel || one.textContent.trim())"
    assert page.locator(".msg button:not([aria-hidden])").evaluate_all(named)
