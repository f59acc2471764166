"""The panel of phones: quiet at first, then what has reached each, on a desk and on a phone."""

from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .page_phones import EVERY_KIND, SAYS, fill_a_phone
from .world import ALERTS, World

PHONE = {"width": 390, "height": 844}


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_nothing_has_happened(open_page: OpenPage) -> None:
    page = open_page(place=ALERTS)
    expect(page.locator(".ringing")).to_be_hidden()
    page.get_by_role("button", name="Phones", exact=True).click()
    panel = page.get_by_role("complementary", name="Phones")
    expect(panel.get_by_role("region")).to_have_count(4)
    expect(panel.get_by_text("quiet")).to_have_count(4)
    expect(panel.locator(".tag")).to_have_text(["primary", "secondary"])
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def test_a_call_is_seen_wherever_one_is_and_answered_by_keys_alone(world: World, open_page: OpenPage) -> None:
    page = open_page(place=ALERTS)
    world.reach("CA1", "call", "ringing", SAYS, callback="http://127.0.0.1:9/digits", loops=2)
    expect(page.get_by_role("status").filter(has_text="The phone of Alex Rivera rings: P0 INC-7")).to_be_visible()
    page.get_by_role("button", name="Look").click()
    expect(page.locator(".ringing")).to_be_hidden()
    phone = page.get_by_role("region", name="Phone of Alex Rivera")
    expect(phone.get_by_role("button", name="Answer")).to_be_focused()
    expect(phone.get_by_text("BoxScores")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(phone.get_by_role("button", name="Press 1")).to_be_focused()
    expect(phone).to_contain_text(f"{SAYS} (said twice)")
    page.keyboard.press("Enter")
    expect(phone).to_contain_text("Pressed 1.We are sorry, an application error has occurred. Goodbye.")
    expect(phone.locator("summary")).to_be_focused()


def test_the_newest_is_on_top_and_all_of_it_fits_a_phone(world: World, open_page: OpenPage) -> None:
    fill_a_phone(world)
    page = open_page(place=ALERTS, viewport=PHONE)
    _fits(page)
    page.get_by_role("button", name="Look").click()
    shown = page.locator("[data-entry]")
    expect(shown).to_have_count(len(EVERY_KIND))
    assert [each.get_attribute("data-entry") for each in shown.all()] == [each[0] for each in EVERY_KIND[::-1]]
    for line in page.locator(".phone summary").all():
        line.click()
    _fits(page)
    expect(page.get_by_role("link", name="the link")).to_have_attribute("rel", "noopener noreferrer")
    page.get_by_role("button", name="Close the phones").click()
    expect(page.get_by_role("main")).to_be_visible()
