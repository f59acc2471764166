"""Every block of Block Kit is drawn, and nothing that is data becomes markup."""

from playwright.sync_api import expect

from . import page_blocks
from .conftest import OpenPage
from .world import ALERTS, MONITOR, World

HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


NESTED = {
    "quotes": ">" * 12_000,
    "lists": "* - " * 3_000,
    "numbers": "1. " * 4_000,
    "tasks": "- [ ] " * 2_000,
    "emphasis": "*" * 11_999 + "x",
    "links": "[a](" * 3_000,
    "tables": "a|b\n" + "-|" * 5_900 + "x",
}


def test_layout_blocks(world: World, open_page: OpenPage) -> None:
    world.post(MONITOR, "report", blocks=page_blocks.layouts())
    page = open_page(place=MONITOR)
    message = page.locator(".msg").last
    for kind in ("header", "section", "divider", "rich_text", "image", "context", "context_actions"):
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
    rich = message.locator(".rich")
    expect(rich.locator("ol > li").nth(1)).to_contain_text("rerun")
    expect(rich.locator("ol > li ul > li")).to_have_text("newest date first")
    expect(rich.locator("pre")).to_contain_text("SELECT game_date")


def test_markdown_tables_and_emoji(world: World, open_page: OpenPage) -> None:
    world.post(MONITOR, "postmortem", blocks=page_blocks.markdown())
    world.post(MONITOR, "rota", blocks=page_blocks.table())
    world.post(MONITOR, "a :fire: and :no_such_thing: at 10:30:00")
    page = open_page(place=MONITOR)
    markdown = page.locator(".markdown")
    expect(markdown.get_by_role("heading", name="Postmortem")).to_be_visible()
    expect(markdown.locator("ol > li > ul > li em")).to_have_text("point")
    expect(markdown.locator("input[type=checkbox]").first).to_be_checked()
    expect(markdown.locator("td")).to_have_text(["detect", "3", "fix", "41"])
    expect(page.locator(".block--table th")).to_have_text(["Who", "From", "To"])
    expect(page.locator(".msg__text").last).to_have_text("a 🔥 and :no_such_thing: at 10:30:00")


def test_a_channel_survives_every_message_that_is_accepted(world: World, open_page: OpenPage) -> None:
    world.post(MONITOR, "before")
    for name, text in NESTED.items():
        world.post(MONITOR, name, blocks=[{"type": "markdown", "text": text[:12_000]}])
    world.post(MONITOR, "after")
    page = open_page(place=MONITOR)
    expect(page.locator(".msg")).to_have_count(len(NESTED) + 2)
    expect(page.locator(".unknown")).to_have_count(0)
    expect(page.locator(".msg").first).to_contain_text("before")
    expect(page.locator(".msg").last).to_contain_text("after")


def test_a_block_that_fails_leaves_the_others_and_the_channel(world: World, open_page: OpenPage) -> None:
    world.post(MONITOR, "postmortem", blocks=[{"type": "markdown", "text": "x"}, {"type": "divider"}])
    world.post(MONITOR, "the next message")
    page = open_page(place=MONITOR)
    failing = "export const markdown = () => { throw new RangeError('too deep'); };"
    page.route("**/text/markdown.js*", lambda route: route.fulfill(content_type="text/javascript", body=failing))
    page.reload()
    expect(page.locator(".unknown")).to_have_text("This page cannot show this markdown block.")
    expect(page.locator(".block--divider")).to_be_attached()
    expect(page.locator(".msg").last).to_contain_text("the next message")


def test_dates_are_in_the_readers_zone(world: World, open_page: OpenPage) -> None:
    world.post(ALERTS, "INC-7", blocks=page_blocks.incident(7))
    for user, shown in (("U01ALEX", "3:00 AM"), ("U03JORDAN", "8:00 AM"), ("U04PRIYA", "1:30 PM")):
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
    expect(page.locator(".header").first).to_have_text(HOSTILE[:150])
    assert page.locator(".msg img, .msg script, a[href^=javascript]").count() == 0
    assert page.evaluate("window.hacked") is None
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content") or ""
    for rule in ("default-src 'none'", "script-src 'self'", "connect-src 'self'", "require-trusted-types-for 'script'"):
        assert rule in policy
