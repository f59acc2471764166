"""Calls to Slack, and the one place that sorts its answers: gone, busy, refused, or not reached."""

import re
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.ports.notifier import NotifierBusy, NotifierRefused, NotifierUnavailable

GONE = frozenset({"message_not_found", "thread_not_found"})
"""https://docs.slack.dev/reference/methods/chat.update#errors"""
BUSY = frozenset({"ratelimited", "rate_limited"})
SOON = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
"""Slack's own trouble, over by itself. Any other code is a refusal: it stays until a person puts something right."""
BUSY_S, REFUSED_S = 30.0, 60.0
"""Waits where Slack names no time itself, https://docs.slack.dev/apis/web-api/rate-limits."""
REMEDIES = {
    "not_in_channel": "Invite the app to the channel.",
    "channel_not_found": "Make the channel and invite the app, or set FIRELINE_ALERTS_CHANNEL to another.",
    "is_archived": "Set FIRELINE_ALERTS_CHANNEL to a channel that is in use.",
    "invalid_auth": "Check SLACK_BOT_TOKEN.",
    "not_authed": "Check SLACK_BOT_TOKEN.",
    "token_revoked": "Install the app again, and set SLACK_BOT_TOKEN.",
}
CODE = re.compile(r"[a-z0-9_-]+", re.IGNORECASE)


class Gone(NotifierUnavailable):
    """The message, or the thread, is not there any more."""


def call(method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
    """Asked once. Raises Gone, or a NotifierUnavailable of the kind that the answer is."""
    name = method.__name__.replace("_", ".", 1)
    try:
        return method(**arguments)
    except SlackApiError as error:
        raise _sorted(name, error) from error
    except (SlackClientError, OSError, HTTPException) as error:
        raise NotifierUnavailable(f"Slack cannot be reached for {name}: {error!r}") from error
    except (AttributeError, ValueError) as error:  # the SDK reads a body that is no JSON object as one
        raise NotifierUnavailable(
            f"What answers {name} is no Slack Web API: {error!r}. Check SLACK_API_URL.", REFUSED_S
        ) from error


def _sorted(method: str, error: SlackApiError) -> NotifierUnavailable:
    status, code = error.response.status_code, _code(error)
    said = f"Slack refused {method} ({code})."
    named = str(error.response.headers.get("Retry-After", ""))
    if code in GONE:
        return Gone(said, REFUSED_S)
    if code in BUSY or status == 429 or named.isdigit():
        return NotifierBusy(said, float(named) if named.isdigit() else BUSY_S)
    if code in SOON or (status >= 500 and status != 501):
        return NotifierUnavailable(said)
    remedy = _remedy(code, error.response.data)
    return NotifierRefused(f"{said} {remedy}".rstrip(), REFUSED_S)


def _code(error: SlackApiError) -> str:
    data = error.response.data
    code = str(data.get("error")) if isinstance(data, dict) else ""
    return code if CODE.fullmatch(code) else f"HTTP status {error.response.status_code}"


def _remedy(code: str, data: Any) -> str:
    if code == "missing_scope":
        return f"Add the scope {data.get('needed') or 'that the manifest has'} to the app, and install it again."
    return REMEDIES.get(code, "")
