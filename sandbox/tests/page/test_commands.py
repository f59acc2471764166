"""Slash commands: completed while they are typed, run with Enter, failures told."""

from playwright.sync_api import expect

from .conftest import OpenPage
from .waiting import until
from .world import ALERTS, World


def test_completion(open_page: OpenPage) -> None:
    page = open_page(place=ALERTS)
    field = page.get_by_label("Message #data-alerts")
    field.focus()
    page.keyboard.type("/")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options).to_have_count(5)
    expect(options.first).to_contain_text("[phase N | PROCESSOR] [7d]")
    page.keyboard.type("re")
    expect(options).to_have_count(1)
    page.keyboard.press("Tab")
    expect(field).to_have_value("/reprocess ")
    expect(page.locator(".suggest__command")).to_contain_text("[PROCESSOR] [DATE | FROM..TO]")
    field.fill("/he")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)


def test_run_and_answer_in_the_channel(world: World, open_page: OpenPage) -> None:
    page = open_page(place=ALERTS)
    page.get_by_label("Message #data-alerts").fill("/health phase 2 7d")
    page.keyboard.press("Enter")
    expect(page.locator(".msg").last).to_contain_text("INC-7: predictions are blocked")
    assert world.told("/health")[0]["text"] == "phase 2 7d"
    expect(page.get_by_label("Message #data-alerts")).to_have_value("")


def test_unknown_and_unanswered(world: World, open_page: OpenPage) -> None:
    page = open_page(place=ALERTS)
    page.get_by_label("Message #data-alerts").fill("/nothing here")
    page.keyboard.press("Enter")
    expect(page.locator(".msg--ephemeral").last).to_contain_text("/nothing")
    page.get_by_label("Message #data-alerts").fill("/silent ")
    page.keyboard.press("Enter")
    until(lambda: world.told("/silent"))
    world.advance(3)
    expect(page.locator(".msg--ephemeral").last).to_contain_text('/silent failed with the error "operation_timeout"')


def test_mention_and_emoji_completion(open_page: OpenPage) -> None:
    page = open_page(place=ALERTS)
    page.get_by_label("Message #data-alerts").focus()
    page.keyboard.type("hi @ja")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Backspace")
    page.keyboard.type("o")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("jo")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.type(":rotat")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Message #data-alerts")).to_have_value("hi @jordan :rotating_light: ")
