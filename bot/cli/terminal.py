"""The one way to a terminal: control characters of data are shown as escapes, never sent."""

import shutil
import sys
from textwrap import fill

from bot.views.text import INVISIBLE

INDENT = 2
_BREAKS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def shown(text: object) -> str:
    """One line of data: control and direction characters and line breaks as escapes (`\\x1b`, `\\u202e`, `\\n`)."""
    escaped = INVISIBLE.sub(lambda found: _escape(found[0]), str(text))
    for character, written in _BREAKS.items():
        escaped = escaped.replace(character, written)
    return escaped.encode("utf-8", "backslashreplace").decode("utf-8")


def say(text: object, *, error: bool = False) -> None:
    """Print a text of one or more lines, to stderr with `error`."""
    print("\n".join(map(shown, str(text).split("\n"))), file=sys.stderr if error else sys.stdout)


def say_folded(text: object, *, error: bool = False) -> None:
    """The same with lines that fit the terminal: what does not goes on below, further in. Names stay whole."""
    width = shutil.get_terminal_size().columns
    for line in map(shown, str(text).split("\n")):
        left = len(line) - len(line.lstrip()) + INDENT
        more = " " * left
        whole = fill(line, width, subsequent_indent=more, break_long_words=False, break_on_hyphens=False)
        print(whole, file=sys.stderr if error else sys.stdout)


def _escape(character: str) -> str:
    code = ord(character)
    if character in _BREAKS:
        return _BREAKS[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
