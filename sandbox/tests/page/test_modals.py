"""Modals: forms, errors, the stack, and the focus."""

from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .waiting import until
from .world import ALERTS, ENGINEERING, World


def _command(page: Page, text: str) -> None:
    page.get_by_label("Message #data-alerts").fill(text)
    page.keyboard.press("Enter")


def _open(open_page: OpenPage) -> Page:
    page = open_page(place=ALERTS)
    _command(page, "/reprocess now")
    page.get_by_role("dialog", name="Reprocess").wait_for()
    return page


def _choose(page: Page, query: str) -> None:
    page.get_by_role("dialog").locator(".select").first.click()
    page.keyboard.type(query)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")


def test_fill_in_and_submit(world: World, open_page: OpenPage) -> None:
    page = _open(open_page)
    expect(page.get_by_role("combobox", name="Processor")).to_be_focused()
    _choose(page, "odds")
    expect(page.get_by_role("button", name="From Nov 20, 2026")).to_be_visible()
    page.get_by_label("all", exact=True).check()
    page.get_by_label("Reason").fill("late source")
    page.get_by_role("button", name="Make a plan").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".msg").last).to_contain_text("INC-9")
    values = world.told("view_submission")[0]["view"]["state"]["values"]
    assert values["processor"]["value"]["selected_option"]["value"] == "odds_api_props"
    assert values["from"]["value"]["selected_date"] == "2026-11-20"
    assert values["mode"]["value"]["selected_option"]["value"] == "all"
    assert values["reason"]["value"]["value"] == "late source"
    expect(page.get_by_label("Message #data-alerts")).to_be_focused()


def test_errors_stand_at_their_fields(open_page: OpenPage) -> None:
    page = _open(open_page)
    page.get_by_role("button", name="Make a plan").click()
    expect(page.locator(".field__error:visible")).to_have_text(["Please complete this required field."] * 2)
    expect(page.get_by_role("combobox", name="Processor")).to_be_focused()
    _choose(page, "odds")
    page.get_by_label("Reason").fill("no")
    page.get_by_role("button", name="Make a plan").click()
    expect(page.locator(".field__error:visible")).to_have_text("Say a little more, for the audit log.")
    expect(page.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Reason").fill("no reason")
    expect(page.locator(".field__error:visible")).to_have_count(0)


def test_an_update_keeps_what_was_typed(open_page: OpenPage) -> None:
    page = _open(open_page)
    _choose(page, "odds")
    page.get_by_label("Reason").fill("half a sen")
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_role("dialog")).to_contain_text("nothing in flight")
    expect(page.get_by_label("Reason")).to_have_value("half a sen")
    expect(page.get_by_role("combobox", name="Processor")).to_have_text("odds_api_props")


def test_the_stack(world: World, open_page: OpenPage) -> None:
    page = _open(open_page)
    page.get_by_label("Reason").fill("kept below")
    page.get_by_role("button", name="Advanced…").click()
    second = page.get_by_role("dialog", name="Advanced 1")
    expect(second.locator(".alert--warning")).to_contain_text("31 dates")
    page.get_by_role("button", name="Deeper…").click()
    expect(page.get_by_role("dialog", name="Advanced 2")).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).first.click()
    expect(second).to_be_visible()
    second.get_by_label("At once").fill("99")
    second.get_by_role("button", name="Keep").click()
    expect(second.locator(".field__error:visible")).to_contain_text("at most 10")
    second.get_by_label("At once").fill("3")
    second.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("dialog", name="Reprocess")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("kept below")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert until(lambda: world.told("view_closed"))[0]["is_cleared"] is True


def test_tab_stays_inside_and_the_page_below_is_inert(open_page: OpenPage) -> None:
    page = _open(open_page)
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('[role=dialog]').contains(document.activeElement)")
    assert page.evaluate("document.getElementById('app').inert")


def test_a_modal_is_still_there_after_a_reload(open_page: OpenPage) -> None:
    page = _open(open_page)
    page.reload()
    expect(page.get_by_role("dialog", name="Reprocess")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_every_input(world: World, open_page: OpenPage) -> None:
    page = open_page(place=ALERTS)
    _command(page, "/form ")
    dialog = page.get_by_role("dialog", name="Every input")
    dialog.get_by_label("Text", exact=True).fill("words")
    dialog.get_by_label("Number").fill("2.5")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_have_count(0)
    values = world.told("view_submission")[0]["view"]["state"]["values"]
    assert values["number"]["value"]["value"] == "2.5"
    assert values["when"]["value"]["selected_date_time"] == 1_763_712_000


def test_shortcut_opens_one(world: World, open_page: OpenPage) -> None:
    page = open_page(place=ENGINEERING)
    page.get_by_role("button", name="Commands and shortcuts").click()
    page.get_by_role("menuitem", name="Declare incident").click()
    expect(page.get_by_role("dialog", name="Reprocess")).to_be_visible()
    assert world.told("shortcut")[0]["callback_id"] == "declare"
