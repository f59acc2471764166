"""What a person is told when something did not work: what was wrong and what to do, never a traceback."""

from bot.views.blocks import Card, section
from bot.views.text import escape


def explained(message: str, *, retryable: bool) -> Card:
    hint = " Trying again in a moment may help." if retryable else ""
    return _card(f"{message}{hint}")


def unexpected() -> Card:
    return _card("Something went wrong on my side; it is in my log. Nothing was changed. Please try again.")


def outdated() -> Card:
    return _card("This button is from an older message. Type `/health` for a fresh one.")


def _card(message: str) -> Card:
    text = escape(message)
    return Card(text, (section(text),))
