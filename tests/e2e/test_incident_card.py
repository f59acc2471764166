"""Every form of an incident's message on a phone: low enough to be read at a glance, and no wider than the screen."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from slack_sdk import WebClient

from tests.support import incident_cards
from tests.support.slack_bench import ALERTS
from tests.support.slack_thread import Beside, beside

MOST_HIGH = 250
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
SHOTS = os.environ.get("SCREENSHOTS")
CARDS = {
    name: card for name, card in incident_cards.incidents().items() if "update" not in name and "thanks" not in name
}


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Beside, dict[str, str]]]:
    """Every card in the alerts channel, and where it stands."""
    with beside() as slack:
        client = WebClient(token=slack.workspace.credentials.bot_token, base_url=slack.workspace.api_url)
        posted: dict[str, Any] = {
            name: client.chat_postMessage(channel=ALERTS, **card.payload()) for name, card in CARDS.items()
        }
        yield slack, {name: str(answer["ts"]) for name, answer in posted.items()}


def opened(browser: Browser, slack: Beside, **options: Any) -> Page:
    page = browser.new_context(**options).new_page()
    page.goto(f"{slack.workspace.url}/?user=U01ALEX#/{ALERTS}")
    page.locator(".blocks").first.wait_for()
    return page


def test_every_card_is_read_at_a_glance_on_a_phone(browser: Browser, told: tuple[Beside, dict[str, str]]) -> None:
    slack, stands = told
    page = opened(browser, slack, **PHONE)
    too_much = {}
    for name, ts in stands.items():
        blocks = page.locator(f'[data-ts="{ts}"] .blocks').first
        blocks.scroll_into_view_if_needed()
        box = blocks.bounding_box()
        assert box is not None
        if SHOTS:
            page.locator(f'[data-ts="{ts}"]').first.screenshot(path=Path(SHOTS) / f"{name}-390.png")
        if box["height"] > MOST_HIGH or box["x"] + box["width"] > 390:
            too_much[name] = box
    assert too_much == {}
    page.context.close()


def test_every_card_on_a_desk(browser: Browser, told: tuple[Beside, dict[str, str]]) -> None:
    slack, stands = told
    page = opened(browser, slack, **DESK)
    for name, ts in stands.items():
        message = page.locator(f'[data-ts="{ts}"]').first
        message.scroll_into_view_if_needed()
        if SHOTS:
            message.screenshot(path=Path(SHOTS) / f"{name}-1280.png")
        assert message.get_by_role("button", name=re.compile("Evidence|Acknowledge|Hand over|Reopen")).count() >= 1
    page.context.close()
