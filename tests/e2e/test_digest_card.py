"""The digest on a phone and on a desk: no wider than the screen, and what needs somebody within the first screen."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from slack_sdk import WebClient

from tests.e2e.test_incident_card import DESK, PHONE, opened
from tests.support import report_cards, review_cards
from tests.support.slack_bench import ALERTS
from tests.support.slack_thread import Beside, beside

SHOTS = os.environ.get("SCREENSHOTS")


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Beside, dict[str, str]]]:
    with beside() as slack:
        client = WebClient(token=slack.workspace.credentials.bot_token, base_url=slack.workspace.api_url)
        posted: dict[str, Any] = {
            name: client.chat_postMessage(channel=ALERTS, **card.payload())
            for name, card in {**report_cards.messages(), **review_cards.messages()}.items()
        }
        yield slack, {name: str(answer["ts"]) for name, answer in posted.items()}


@pytest.mark.parametrize(("width", "screen"), [(390, PHONE), (1280, DESK)], ids=["phone", "desk"])
def test_it_fits_the_screen(browser: Browser, told: tuple[Beside, dict[str, str]], width: int, screen: Any) -> None:
    slack, stands = told
    page = opened(browser, slack, **screen)
    for name, ts in stands.items():
        message = page.locator(f'[data-ts="{ts}"]').first
        message.scroll_into_view_if_needed()
        if SHOTS:
            message.screenshot(path=Path(SHOTS) / f"{name}-{width}.png")
        box = message.locator(".blocks").first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= width
        if name == "digest_red":
            need = message.get_by_role("button", name="INC-42").bounding_box()
            assert need is not None
            assert need["y"] - box["y"] < screen["viewport"]["height"] / 2
    page.context.close()
