"""Text that Slack shows exactly as it was: escaped, without invisible tricks, cut without cutting an entity."""

import re

# https://docs.slack.dev/messaging/formatting-message-text#escaping
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
"""Control characters, zero-width characters, soft hyphens and marks and overrides of direction: they can hide or
reverse what a text says.
"""


def escape(text: str) -> str:
    """Data as mrkdwn text: no mention, link or date can come out of it."""
    return "".join(_ENTITIES.get(character, character) for character in visible(text))


def visible(text: str) -> str:
    """The text without characters that cannot be seen, and without halves of surrogate pairs."""
    return _INVISIBLE.sub("", text).encode("utf-8", "replace").decode("utf-8")


def cut(text: str, most: int) -> str:
    """At most `most` characters of escaped text, an ellipsis for the rest; never half an entity or half a token."""
    return text if len(text) <= most else _whole(text[: most - 1]) + "…"


def cut_bytes(text: str, most: int) -> str:
    """The same for at most `most` bytes of UTF-8; never half a character."""
    encoded = text.encode()
    if len(encoded) <= most:
        return text
    return _whole(encoded[: most - len("…".encode())].decode(errors="ignore")) + "…"


def _whole(kept: str) -> str:
    """Without an entity or a token that was cut in two at the end."""
    for opening, closing in (("&", ";"), ("<", ">")):
        start = kept.rfind(opening)
        if start != -1 and closing not in kept[start:]:
            kept = kept[:start]
    return kept
