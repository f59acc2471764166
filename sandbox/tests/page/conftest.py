"""A fresh workspace with its app for each, and pages that must not complain."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.support.chromium import Windows, chromium

from .world import World

OpenPage = Callable[..., Page]
PATIENCE_MS = 20_000
"""A busy machine may take so long. What is waited for is a condition: nothing waits longer than it has to."""


@pytest.fixture(scope="package")
def windows() -> Iterator[Windows]:
    """One browser for all tests of this folder. Closed with the last: Playwright keeps an event loop running in this
    thread, where the tests after it run loops of their own.
    """
    expect.set_options(timeout=PATIENCE_MS)
    with chromium() as running:
        yield Windows(running)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def open_page(windows: Windows, world: World) -> Iterator[OpenPage]:
    """`open_page(user, place, **context)`: the page of a user at `#/place`, drawn; errors in it fail the test."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def open_one(user: str = "U01ALEX", place: str = "", **options: Any) -> Page:
        # The machine's own zone must not matter: times are in the zone of the workspace's user.
        settings: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "timezone_id": "Asia/Tokyo", **options}
        page = stack.enter_context(windows.opened(world.url, **settings))
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note)
        page.goto(f"{world.url}/?user={user}#/{place}")
        page.wait_for_selector(".shell")
        return page

    with ExitStack() as stack:
        yield open_one
    assert complaints == []
