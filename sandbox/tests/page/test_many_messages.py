"""Long channels; how fast they are is measured by benchmarks/page.py."""

from playwright.sync_api import expect

from .conftest import OpenPage
from .many import MESSAGES, load_all, post_many
from .world import ENGINEERING, World


def test_five_hundred_messages(world: World, open_page: OpenPage) -> None:
    post_many(world)
    page = open_page(place=ENGINEERING)
    load_all(page)
    page.get_by_role("navigation").get_by_role("button", name="channel data-alerts").click()
    page.locator(".intro").wait_for()
    page.evaluate(f"location.hash = '#/{ENGINEERING}'")
    expect(page.locator(".row")).to_have_count(MESSAGES)
