"""What people choose reaches the app as Slack would tell it."""

from typing import Any

from playwright.sync_api import Page, expect

from . import page_blocks
from .conftest import OpenPage
from .waiting import until
from .world import ALERTS, ENGINEERING, World


def _open(world: World, open_page: OpenPage) -> Page:
    world.post(ENGINEERING, "elements", blocks=page_blocks.elements())
    return open_page(place=ENGINEERING)


def _action(world: World, action_id: str) -> Any:
    """The last act on an element, once the app has heard of it."""

    def heard() -> list[Any]:
        acts = [one["actions"][0] for one in world.told("block_actions")]
        return [one for one in acts if one["action_id"] == action_id]

    return until(heard)[-1]


def test_every_element_is_drawn_and_named(world: World, open_page: OpenPage) -> None:
    page = _open(world, open_page)
    expect(page.locator(".msg [data-action]")).to_have_count(13)
    named = "all => all.every((one) => one.ariaLabel || one.textContent.trim())"
    assert page.locator(".msg button:not([aria-hidden])").evaluate_all(named)


def test_selects(world: World, open_page: OpenPage) -> None:
    page = _open(world, open_page)
    page.locator("[data-action=static]").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("odds")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    assert _action(world, "static")["selected_option"]["value"] == "odds_api_props"
    expect(page.locator("[data-action=static]")).to_have_text("odds_api_props")
    expect(page.locator("[data-action=static]")).to_be_focused()
    page.locator("[data-action=grouped]").click()
    expect(page.get_by_role("listbox").get_by_role("group", name="Phase 2").get_by_role("option")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_type_ahead_asks_the_app(world: World, open_page: OpenPage) -> None:
    page = _open(world, open_page)
    page.locator("[data-action=typeahead]").click()
    expect(page.locator(".listbox__note")).to_have_text("Type a character to search")
    page.keyboard.type("boxs")
    expect(page.get_by_role("option")).to_have_text(["nbac_player_boxscores", "bdl_boxscores"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert _action(world, "typeahead")["selected_option"]["value"] == "bdl_boxscores"
    page.locator("[data-action=typeahead]").click()
    page.keyboard.type("zzz")
    expect(page.locator(".listbox__note")).to_have_text("No results")


def test_multi_select_tells_once_when_it_closes(world: World, open_page: OpenPage) -> None:
    page = _open(world, open_page)
    page.locator("[data-action=several]").click()
    page.get_by_role("option", name="predictions").click()
    page.get_by_role("option", name="nbac_schedule").click()
    assert world.told("block_actions") == []
    page.keyboard.press("Escape")
    assert [one["value"] for one in _action(world, "several")["selected_options"]] == ["predictions"]


def test_pickers_and_boxes(world: World, open_page: OpenPage) -> None:
    page = _open(world, open_page)
    page.locator("[data-action=day]").click()
    page.get_by_role("gridcell", name="Friday, November 20, 2026").press("ArrowRight")
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    assert _action(world, "day")["selected_date"] == "2026-12-21"
    page.locator("[data-action=hour]").fill("21:15")
    page.locator("[data-action=hour]").blur()
    assert _action(world, "hour")["selected_time"] == "21:15"
    # 2025-11-21 03:00 in New York is what 1763712000 says there; an hour later is 3,600 s more.
    moment = page.locator("[data-action=moment]")
    expect(moment.locator("input")).to_have_value("03:00")
    moment.locator("input").fill("04:00")
    assert _action(world, "moment")["selected_date_time"] == 1_763_715_600
    page.get_by_label("Newest first").check()
    assert [one["value"] for one in _action(world, "checks")["selected_options"]] == ["new"]
    page.get_by_label("missing").check()
    _action(world, "mode")
    values = world.told("block_actions")[-1]["state"]["values"]
    assert values["boxes"]["mode"]["selected_option"]["value"] == "missing"
    assert values["boxes"]["checks"]["selected_options"][0]["value"] == "new"


def test_button_is_busy_then_the_message_changes_in_place(world: World, open_page: OpenPage) -> None:
    world.post(ALERTS, "INC-7", blocks=page_blocks.incident(7))
    page = open_page(place=ALERTS)
    button = page.get_by_role("button", name="Acknowledge")
    world.hold()
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    world.release()
    expect(page.locator(".header")).to_contain_text("👀")
    expect(page.locator(".thread-summary")).to_contain_text("1 reply")
    expect(page.get_by_role("button", name="Acknowledge")).to_be_focused()


def test_no_answer_is_said_at_the_button(world: World, open_page: OpenPage) -> None:
    page = _open(world, open_page)
    page.get_by_role("button", name="Never answers").click()
    _action(world, "silent")
    world.advance(3)
    expect(page.locator(".actions__one .act-warning")).to_have_text("This app took too long.")
    expect(page.get_by_role("button", name="Never answers")).not_to_have_attribute("aria-busy", "true")


def test_confirm_asks_first_and_the_overflow_menu_has_links(world: World, open_page: OpenPage) -> None:
    world.post(ALERTS, "INC-7", blocks=page_blocks.incident(7))
    page = open_page(place=ALERTS)
    page.get_by_role("button", name="Roll back").click()
    dialog = page.get_by_role("alertdialog", name="Roll back?")
    expect(dialog.get_by_role("button", name="Not now")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert world.told("block_actions") == []
    page.get_by_role("button", name="Roll back").click()
    dialog.get_by_role("button", name="Do it").click()
    _action(world, "danger")
    page.locator("[data-action=more]").click()
    expect(page.get_by_role("menuitem", name="Runbook")).to_have_attribute("href", "https://example.com/runbook")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert _action(world, "more")["selected_option"]["value"] == "noise"


def test_feedback_buttons(world: World, open_page: OpenPage) -> None:
    world.post(ALERTS, "report", blocks=page_blocks.layouts())
    page = open_page(place=ALERTS)
    page.get_by_role("button", name="Useful").click()
    assert _action(world, "feedback")["value"] == "up"
    expect(page.get_by_role("button", name="Useful")).to_have_attribute("aria-pressed", "true")
