"""What time it is at Slack: the Date of an answer of its Web API, whatever else the answer says."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.slack import outcomes
from bot.slack.quiet import quiet_client

TIMEOUT_S = 2
"""Whoever asks looks at other things too."""


class SlackClock:
    def __init__(self, token: str, api_url: str) -> None:
        self._client = quiet_client(token, api_url, TIMEOUT_S)

    def __call__(self) -> datetime | None:
        """Aware UTC, to the second; None without an answer, or with one that is not dated."""
        try:
            return dated(self._client.auth_test().headers)
        except SlackApiError as error:
            return dated(error.response.headers)
        except outcomes.FAILURES:
            return None


def dated(headers: Mapping[str, Any]) -> datetime | None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-date"""
    said = next((value for name, value in headers.items() if name.lower() == "date"), None)
    try:
        at = parsedate_to_datetime(str(said[0] if isinstance(said, list) else said))
    except (TypeError, ValueError, IndexError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
