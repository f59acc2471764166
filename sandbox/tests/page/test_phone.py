"""On a phone: one column, nothing wider than the screen, everything within reach."""

from playwright.sync_api import Page, expect

from . import page_blocks
from .conftest import OpenPage
from .waiting import until
from .world import ALERTS, ENGINEERING, MONITOR, World

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
# Boxes that stick out to the right, other than what scrolls by itself.
_TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  const scrolls = one.closest('.table-wrap,.pre,.sr-only,svg');
  return box.width > 0 && box.right > innerWidth + 0.5 && !scrolls;
}).map((one) => `${one.tagName}.${one.className}`).slice(0, 5)"""


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(_TOO_WIDE) == []


def test_one_column(world: World, open_page: OpenPage) -> None:
    ts = world.post(ALERTS, "INC-7", blocks=page_blocks.incident(7))
    world.say("U02SAM", ALERTS, "on it", ts)
    page = open_page(**PHONE)
    expect(page.get_by_role("navigation")).to_be_visible()
    expect(page.get_by_role("main")).to_have_count(0)
    _fits(page)
    page.get_by_role("button", name="channel data-alerts").tap()
    expect(page.get_by_role("navigation")).to_be_hidden()
    _fits(page)
    page.locator(".thread-summary").tap()
    expect(page.get_by_role("main")).to_be_hidden()
    _fits(page)
    page.get_by_role("complementary").get_by_role("button", name="Back", exact=True).tap()
    expect(page.get_by_role("main")).to_be_visible()
    page.get_by_role("button", name="Back to channels").tap()
    expect(page.get_by_role("navigation")).to_be_visible()


def test_every_block_fits(world: World, open_page: OpenPage) -> None:
    for blocks in (page_blocks.layouts(), page_blocks.markdown(), page_blocks.table()):
        world.post(MONITOR, "report", blocks=blocks)
    world.post(ENGINEERING, "elements", blocks=page_blocks.elements())
    for place in (MONITOR, ENGINEERING):
        page = open_page(place=place, **PHONE)
        page.locator(".blocks").first.wait_for()
        for part in range(8):
            page.locator(".timeline").evaluate("(node, part) => { node.scrollTop = -part * 500 }", part)
            _fits(page)


def test_modal_fits(open_page: OpenPage) -> None:
    page = open_page(place=ALERTS, **PHONE)
    for command in ("/reprocess ", "/form "):
        page.locator(".composer__field").fill(command)
        page.keyboard.press("Enter")
        page.get_by_role("dialog").wait_for()
        _fits(page)
        page.get_by_role("dialog").get_by_role("button", name="Close").tap()
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_home_and_popovers_fit(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    page.get_by_role("button", name="You are Alex Rivera").tap()
    expect(page.get_by_role("menu")).to_be_visible()
    _fits(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Fireline, app").tap()
    page.locator(".header").wait_for()
    _fits(page)
    page.get_by_role("tab", name="Messages").tap()


def test_the_first_tap_after_typing_hits(world: World, open_page: OpenPage) -> None:
    """Leaving the field must not move what is tapped. With a mouse: its press alone takes the focus away."""
    world.post(ALERTS, "INC-7", blocks=page_blocks.incident(7))
    page = open_page(place=ALERTS, viewport=PHONE["viewport"])
    button = page.get_by_role("button", name="Acknowledge")
    page.locator(".composer__field").click()
    before = button.bounding_box()
    page.locator(".composer__field").blur()
    assert button.bounding_box() == before
    page.locator(".composer__field").click()
    button.click()
    until(lambda: world.told("block_actions"))
