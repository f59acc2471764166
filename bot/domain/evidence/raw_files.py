"""Where the raw files of a date lie: a path with a place for the date, and perhaps wildcards at its end."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.errors import BadInput

_DATE = re.compile(r"\{date\}|<YYYY-MM-DD>|YYYY-MM-DD")
_WILDCARD = re.compile(r"\*\*|\*|\?")
_REGEX = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True)
class RawFile:
    """A raw file that a source delivered for a date. `created_at` is aware UTC."""

    source: str
    data_date: date
    path: str
    size_bytes: int
    created_at: datetime


@dataclass(frozen=True)
class RawPath:
    """`gs://bucket/kind/{date}/*.json`; the date may also be written `<YYYY-MM-DD>` or `YYYY-MM-DD`.

    `*` and `?` stand for characters of one folder or file name, `**` for any. A path without them names a file or a
    folder with everything below it.
    """

    pattern: str

    @classmethod
    def parse(cls, text: str) -> "RawPath":
        """Raises BadInput for a path that is the same on every date."""
        if not _DATE.search(text):
            raise BadInput(f"The raw path {text!r} has no place for the date. Write {{date}} where it belongs.")
        return cls(text)

    def on(self, day: date) -> str:
        return _DATE.sub(day.isoformat(), self.pattern)

    def prefix(self, day: date) -> str:
        """What every file of the date begins with."""
        path = self.on(day)
        wildcard = _WILDCARD.search(path)
        return path if wildcard is None else path[: wildcard.start()]

    def matches(self, path: str, day: date) -> bool:
        wanted = self.on(day)
        if _WILDCARD.search(wanted) is None:
            folder = wanted if wanted.endswith("/") else f"{wanted}/"
            return path == wanted or path.startswith(folder)
        return re.fullmatch(_regex(wanted), path) is not None


def _regex(pattern: str) -> str:
    parts, end = [], 0
    for wildcard in _WILDCARD.finditer(pattern):
        parts += [re.escape(pattern[end : wildcard.start()]), _REGEX[wildcard[0]]]
        end = wildcard.end()
    return "".join([*parts, re.escape(pattern[end:])])
