"""The log of a process on its standard error: one line a message, and a cause that repeats is counted, not repeated."""

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from bot.cli.context import monotonic
from bot.domain.redaction import redacted

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
WINDOW_S = 60.0
MOST_OF_A_KIND = 20
"""Lines in a window that say the same of different things."""
LONGEST_MESSAGE = 4_000


Format = Literal["text", "json"]


def set_up(level: int, form: Format = "text") -> None:
    """For the life of the process."""
    logging.basicConfig(level=level, handlers=[PacedHandler(sys.stderr, form=form)])
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it names its plugins; an upgrade is logged by ourselves


@dataclass
class _Kind:
    """What one place in the code has said since `began`; `more`: how often it said something that was left out."""

    began: float
    first: str
    texts: set[str] = field(default_factory=set)
    more: int = 0


class PacedHandler(logging.StreamHandler[TextIO]):
    """In a minute each message is written once, and each place in the code writes MOST_OF_A_KIND lines; what was left
    out is counted in a line of its own when the minute is over.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = monotonic, form: Format = "text") -> None:
        super().__init__(stream)
        self.setFormatter(_Json() if form == "json" else _OneLine(FORMAT))
        self._clock = clock
        self._kinds: dict[tuple[str, int, str], _Kind] = {}

    def emit(self, record: logging.LogRecord) -> None:
        now = self._clock()
        self._count_out(now)
        text = record.getMessage()
        kind = self._kinds.setdefault((record.name, record.levelno, str(record.msg)), _Kind(now, text))
        if text in kind.texts or len(kind.texts) >= MOST_OF_A_KIND:
            kind.more += 1
            return
        kind.texts.add(text)
        super().emit(record)

    def close(self) -> None:
        self._count_out(float("inf"))
        super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        """A line that standard error does not take has nowhere else to go; a fault of the code is shown."""
        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handleError(record)

    def _count_out(self, now: float) -> None:
        over = [key for key, kind in self._kinds.items() if now - kind.began >= WINDOW_S]
        for key in over:
            kind, (name, level, _) = self._kinds.pop(key), key
            if kind.more:
                said = "%d more like this within a minute: %s"
                super().emit(logging.LogRecord(name, level, "", 0, said, (kind.more, kind.first), None))


class _OneLine(logging.Formatter):
    """What comes from outside cannot begin a line of its own, nor write to the terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        text = record.message
        record.message = "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode() for char in redacted(text)
        )
        if len(record.message) > LONGEST_MESSAGE:
            record.message = _cut(record.message, len(text))
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        return redacted(super().formatException(ei))


_STANDARD = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})
"""What every record carries; whatever else one carries are its named fields."""


class _Json(logging.Formatter):
    """One object a line: time (UTC), level, logger, message, and the record's own fields; all of it redacted."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _short(text),
        }
        said |= {name: _plain(value) for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            said["traceback"] = redacted(self.formatException(record.exc_info))
        return json.dumps(said)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else _short(str(value))


def _short(text: str) -> str:
    clean = redacted(text)
    return clean if len(clean) <= LONGEST_MESSAGE else _cut(clean, len(text))


def _cut(text: str, length: int) -> str:
    return f"{text[:LONGEST_MESSAGE]} … ({length} characters)"
