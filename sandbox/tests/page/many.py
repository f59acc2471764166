"""A long channel of Block Kit messages."""

from playwright.sync_api import Page, expect

from sandbox.slack.api import chat
from sandbox.slack.api.call import Args

from . import page_blocks
from .world import ENGINEERING, World

STATES = ("open", "acknowledged", "resolved")
_DRAWN = "rows => document.querySelectorAll('.row').length > rows || document.querySelector('.intro')"


def post_many(world: World, messages: int) -> None:
    """By the method itself: hundreds of calls over HTTP would take longer than what is tested."""

    async def post() -> None:
        for number in range(messages):
            blocks = page_blocks.incident(number, STATES[number % 3])
            args = {"channel": ENGINEERING, "text": f"INC-{number}", "blocks": blocks}
            chat.post_message(world.workspace.core, Args(args))

    world.run(post())


def load_all(page: Page, messages: int) -> None:
    """Scroll up until the beginning of the channel is there, with every message."""
    page.locator(".msg").first.wait_for()
    while page.locator(".intro").count() == 0:
        rows = page.locator(".row").count()
        page.locator(".timeline").evaluate("node => { node.scrollTop = -node.scrollHeight }")
        page.wait_for_function(_DRAWN, arg=rows)
    expect(page.locator(".row")).to_have_count(messages)
