"""Calls to Slack. What an answer means is sorted by bot.slack.outcomes; here it becomes what a notifier raises."""

from collections.abc import Callable
from typing import Any

from slack_sdk.web import SlackResponse

from bot.ports.notifier import NotifierBusy, NotifierRefused, NotifierUnavailable
from bot.slack import outcomes
from bot.slack.outcomes import Kind, Outcome

GONE = frozenset({"message_not_found", "thread_not_found"})
"""https://docs.slack.dev/reference/methods/chat.update#errors"""
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


class Gone(NotifierUnavailable):
    """The message, or the thread, is not there any more."""


def call(method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
    """Asked once. Raises Gone, or a NotifierUnavailable of the kind that the answer is."""
    try:
        return method(**arguments)
    except outcomes.FAILURES as error:
        raise _raised(method.__name__.replace("_", ".", 1), outcomes.of_failure(error), error) from error


def _raised(method: str, outcome: Outcome, error: Exception) -> NotifierUnavailable:
    verb = "refused" if outcome.kind is Kind.NO else "did not confirm"
    said = f"Slack {verb} {method} ({outcome.code})."
    if outcome.code in GONE:
        return Gone(said, REFUSED_S)
    if outcome.busy:
        return NotifierBusy(said, BUSY_S if outcome.retry_after is None else outcome.retry_after)
    if outcome.kind is Kind.NO and outcome.permanent:
        return NotifierRefused(f"{said} {_remedy(outcome.code, error)}".rstrip(), REFUSED_S)
    return NotifierUnavailable(said, REFUSED_S if outcome.permanent else 0.0)


def _remedy(code: str, error: Exception) -> str:
    if code == "missing_scope":
        data = getattr(getattr(error, "response", None), "data", {})
        return f"Add the scope {data.get('needed') or 'that the manifest has'} to the app, and install it again."
    return REMEDIES.get(code, "")
