"""What a person is shown when something did not work: what was wrong and what to do, never a traceback."""

from collections.abc import Sequence

from bot.views.blocks import Card, preformatted, section
from bot.views.text import cut, escape, visible

MOST_WORDS = 2_900
"""Characters of one file's words: below the limit of a text in a block."""
_NOT_THERE = "Invite me to the channel, or ask me in a direct message."
_RESTRICTED = "Posting there is restricted: ask in another channel or in a direct message."
_TOO_MUCH = "My answer does not fit: ask for less, such as one phase or one processor."
_NOT_OFFERED = "This Slack does not offer it."
_TOO_LATE = "Slack took too long: press the button again."
_PERMISSION = (
    "I was not given that permission: whoever runs me has to paste what `fireline manifest` prints into the app's "
    "manifest, and install the app again."
)
_TOKEN = "My token does not work any more: whoever runs me has to set SLACK_BOT_TOKEN."
REMEDIES = {
    "missing_scope": _PERMISSION,
    "not_in_channel": _NOT_THERE,
    "channel_not_found": _NOT_THERE,
    "user_not_in_channel": "Join the channel first, or ask me in a direct message.",
    "is_archived": "The channel is archived: ask in another.",
    "restricted_action": _RESTRICTED,
    "channel_is_limited_access": _RESTRICTED,
    "no_permission": _RESTRICTED,
    "team_access_not_granted": "I may not work in this workspace: an admin of the organisation has to allow it.",
    "invalid_blocks": _TOO_MUCH,
    "msg_too_long": _TOO_MUCH,
    "msg_blocks_too_long": _TOO_MUCH,
    "unknown_method": _NOT_OFFERED,
    "HTTP status 404": _NOT_OFFERED,
    "HTTP status 501": _NOT_OFFERED,
    "ratelimited": "I have said too much just now: try again in a minute.",
    "expired_trigger_id": _TOO_LATE,
    "invalid_trigger_id": _TOO_LATE,
    "trigger_expired": _TOO_LATE,
    "exchanged_trigger_id": _TOO_LATE,
    "trigger_exchanged": _TOO_LATE,
    "invalid_auth": _TOKEN,
    "token_revoked": _TOKEN,
    "token_expired": _TOKEN,
    "account_inactive": _TOKEN,
}
"""By how Slack's word for it begins: https://docs.slack.dev/reference/methods/chat.postMessage#errors"""


def explained(message: str, *, retryable: bool) -> Card:
    hint = " Trying again in a moment may help." if retryable else ""
    return _card(f"{message}{hint}")


def refused(method: str, reason: str) -> Card:
    """Slack said no to `method`; `reason` is its word for it."""
    remedy = next((words for start, words in REMEDIES.items() if reason.startswith(start)), "Tell whoever runs me.")
    return _card(f"Slack refused {method} ({reason}). {remedy}")


def unconfirmed(method: str, reason: str) -> Card:
    hint = "It may have worked all the same: look before you try again."
    return _card(f"Slack did not confirm {method} ({reason}). {hint}")


def without_files(reason: str, comment: str, words: Sequence[str]) -> Card:
    """In place of files that Slack does not take: `comment` is mrkdwn, `words` what each file says."""
    lead = f"This Slack takes no files from me ({escape(reason)}). In words:"
    details = [cut(visible(text), MOST_WORDS) for text in words]
    text = "\n".join([lead, comment, *map(escape, details)])
    return Card(text, (section(f"{lead}\n{comment}"), *map(preformatted, details)))


def unexpected() -> Card:
    return _card("Something went wrong on my side; it is in my log. Nothing was changed. Please try again.")


def outdated() -> Card:
    return _card("This button is from an older message. Type `/health` for a fresh one.")


def unknown_command(command: str) -> Card:
    return _card(f"I do not know {command}. Type `/health help` for what I answer.")


def _card(message: str) -> Card:
    text = escape(message)
    return Card(text, (section(text),))
