"""Calls to Slack. What an answer means is sorted by bot.slack.outcomes; here it becomes what a notifier raises."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from slack_sdk.web import SlackResponse

from bot.domain.delivery import Kind
from bot.ports.notifier import NotifierBusy, NotifierGone, NotifierRefused, NotifierUnavailable
from bot.slack import outcomes
from bot.slack.outcomes import Outcome

GONE = frozenset({"message_not_found", "thread_not_found"})
"""https://docs.slack.dev/reference/methods/chat.update#errors"""
OUT_OF_REACH = ("chat.update", "is_archived")
"""Nothing in an archived channel can be changed: what is new is posted where incidents are posted now."""
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


UNFIT = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "invalid_attachments"}
)
"""Slack takes the message in another shape. https://docs.slack.dev/reference/methods/chat.postMessage#errors"""


class CardRefused(NotifierRefused):
    """It is what the message looks like, or carries, that Slack refuses."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, REFUSED_S)
        self.code = code


class Pace:
    """Slack's wishes to wait, each for one method and channel. What is urgent waits only for an answer to what was
    urgent itself.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._until: dict[tuple[str, object, bool], float] = {}

    def call(self, method: Callable[..., SlackResponse], *, urgent: bool = False, **arguments: Any) -> SlackResponse:
        """`call`, unless Slack has asked to wait with this."""
        key = (method.__name__, arguments.get("channel"), urgent)
        left = self._until.get(key, 0.0) - self._clock()
        if left > 0:
            raise NotifierBusy(f"Slack wants to be asked later for {_name(method)}.", left)
        try:
            return call(method, **arguments)
        except NotifierBusy as error:
            self._until[key] = self._clock() + error.retry_after
            raise


def call(method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
    """Asked once. Raises NotifierGone, or a NotifierUnavailable of the kind that the answer is."""
    try:
        return method(**arguments)
    except outcomes.FAILURES as error:
        raise _raised(_name(method), outcomes.of_failure(error), error) from error


def _name(method: Callable[..., SlackResponse]) -> str:
    return method.__name__.replace("_", ".", 1)


def _raised(method: str, outcome: Outcome, error: Exception) -> NotifierUnavailable:
    verb = "refused" if outcome.kind is Kind.NO else "did not confirm"
    said = f"Slack {verb} {method} ({outcome.code})."
    if outcome.code in GONE or (method, outcome.code) == OUT_OF_REACH:
        return NotifierGone(said, REFUSED_S)
    if outcome.code in UNFIT or "metadata" in outcome.code:
        return CardRefused(said, outcome.code)
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
