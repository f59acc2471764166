"""Text that Slack shows exactly as it was: escaped, without invisible tricks, cut without cutting an entity."""

import re

# https://docs.slack.dev/messaging/formatting-message-text#escaping
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\U000e0000-\U000e007f]"
)
"""Control and zero-width characters, soft hyphens, line separators, tags, marks and overrides of direction: they hide
or reverse what a text says.
"""

# https://docs.slack.dev/messaging/formatting-message-text#mentioning-users
_SLACK_ID = re.compile(r"[UW](?=[A-Z]*[0-9])[A-Z0-9]{3,20}")
_DANGLING = re.compile(r"(?:[\s,;:.(]|\b(?:the|an?|and|or|as|of|to|in|on|by|for|with))+$")
_BREAKS = re.compile(r"[\t\n\u000b-\r\u0085\u2028\u2029]+")


def escape(text: str) -> str:
    """Data as mrkdwn text: no mention, link or date can come out of it."""
    return "".join(_ENTITIES.get(character, character) for character in visible(text))


def visible(text: str) -> str:
    """The text without characters that cannot be seen, and without halves of surrogate pairs."""
    return INVISIBLE.sub("", text).encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """The text with each run of line breaks and tabs as one space: for headers, labels and names."""
    return _BREAKS.sub(" ", text)


def is_slack_id(who: str) -> bool:
    """Somebody of whom only the member id is known, rather than a name?"""
    return _SLACK_ID.fullmatch(who) is not None


def mention(who: str) -> str:
    """A name as it is; a member id as Slack shows it, by name. An edit notifies nobody whom it mentions."""
    return f"<@{who}>" if is_slack_id(who) else escape(who)


def cut(text: str, most: int) -> str:
    """At most `most` characters of escaped text, an ellipsis for the rest; never half an entity or half a token."""
    return text if len(text) <= most else _whole(text[: most - 1]) + "…"


def cut_words(text: str, most: int) -> str:
    """Prose of at most `most` characters, an ellipsis for the rest: cut between words where that keeps most of it, and
    without the small words that would stand before nothing."""
    if len(text) <= most:
        return text
    words = text[:most].rpartition(" ")[0]
    kept = words if len(words) * 2 >= most else text[: most - 1]
    return _DANGLING.sub("", kept) + "…"


def cut_bytes(text: str, most: int) -> str:
    """The same for at most `most` bytes of UTF-8; never half a character."""
    encoded = text.encode()
    if len(encoded) <= most:
        return text
    return _whole(encoded[: most - len("…".encode())].decode(errors="ignore")) + "…"


def _whole(text: str) -> str:
    """Without an entity or a token that was cut in two at the end."""
    for opening, closing in (("&", ";"), ("<", ">")):
        start = text.rfind(opening)
        if start != -1 and closing not in text[start:]:
            text = text[:start]
    return text
