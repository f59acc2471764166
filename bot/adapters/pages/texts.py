"""What a page looks like where there is no markup."""

from hashlib import sha256

from bot.domain.delivery import Page
from bot.views.text import one_line, visible


def plain(text: str, most: int) -> str:
    """Without characters that cannot be seen, and at most `most` long."""
    shown = visible(text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def both_ends(text: str, most: int) -> str:
    """The same; of a longer text the beginning, and its last line, which says what to do."""
    head, _, last = visible(text).rpartition("\n")
    if len(head) + 1 + len(last) <= most or len(last) > most // 2:
        return plain(text, most)
    return f"{plain(head, most - 1 - len(last))}\n{last}"


def plain_line(text: str, most: int) -> str:
    """The same on one line."""
    return plain(one_line(text), most)


def mark(page: Page) -> str:
    """Tells this page from any other in a text; the same at each try."""
    return "fl-" + sha256(page.id.encode()).hexdigest()[:10]
