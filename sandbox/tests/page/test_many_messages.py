"""Long channels; how fast they are is measured by benchmarks/page.py."""

from playwright.sync_api import expect

from .conftest import OpenPage
from .many import load_all, post_many
from .world import ENGINEERING, World

MESSAGES = 250
"""Two and a half times what the page asks for at once."""


def test_a_channel_is_there_to_its_beginning_and_still_is_on_return(world: World, open_page: OpenPage) -> None:
    post_many(world, MESSAGES)
    page = open_page(place=ENGINEERING)
    load_all(page, MESSAGES)
    page.get_by_role("navigation").get_by_role("button", name="channel data-alerts").click()
    page.locator(".intro").wait_for()
    page.evaluate(f"location.hash = '#/{ENGINEERING}'")
    expect(page.locator(".row")).to_have_count(MESSAGES)
