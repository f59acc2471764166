"""Where files lie: folders, buckets of Google Cloud Storage, and what fsspec reaches beside them (s3:// with s3fs)."""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.errors import reason_of
from bot.domain.redaction import redacted
from bot.domain.sources import SourceFailed

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

DATE = "{date}"
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*)://", re.IGNORECASE)
DRIVERS = {"s3": "s3fs", "s3a": "s3fs", "az": "adlfs", "abfs": "adlfs"}
"""What reads a scheme, as the package that is to be installed."""
LIMITS = {"config_kwargs": {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 2}}}
"""Of s3fs, in seconds: botocore's own let a server that stands still wait for five minutes."""
_WRITTEN = ("LastModified", "mtime", "last_modified", "created", "timeCreated")
"""What file systems call the moment at which a file was written."""


_NOBODY = re.compile(r"locate credentials|\(401\)|Access Key Id you provided|signature we calculated")
"""What S3 and its like say to somebody whom they do not know."""


@dataclass(frozen=True)
class Entry:
    """A file: its whole path with its scheme, bytes, when it was written."""

    path: str
    size: int
    written: datetime


class Places(Protocol):
    """Files of one kind of place. Raises SourceFailed with the remedy."""

    def matching(self, pattern: str) -> Iterator[Entry]:
        """`*` stands for a part of a name, `**` for folders as well. A place that holds none gives none."""
        ...

    def of_dates(self, pattern: str, dates: Sequence[date]) -> Iterator[tuple[date, Entry]]:
        """Those of each date, which stands in the pattern as `{date}`."""
        ...

    def fetch(self, path: str, to: Path) -> None:
        """Copy the content of a file."""
        ...


def scheme_of(path: str) -> str:
    """`gs`, `s3`, …; `file` where none is written."""
    found = _SCHEME.match(path)
    return found[1].casefold() if found else "file"


def fixed_part(pattern: str) -> str:
    """What a pattern begins with, up to the folder in which its first sign or date stands."""
    sign = re.search(r"[*?\[{]", pattern)
    return pattern if sign is None else pattern[: pattern.rfind("/", 0, sign.start()) + 1]


def expression(pattern: str) -> re.Pattern[str]:
    """A pattern as a regular expression; the date is its first group."""
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", DATE: r"(\d{4}-\d{2}-\d{2})"}
    text, dated = "", False
    for piece in re.findall(r"\*\*/|\*\*|\*|\?|\{date\}|\[[^\]]+\]|[^*?\[{]+|.", pattern):
        if piece == DATE:
            text, dated = text + (r"\1" if dated else pieces[DATE]), True
        else:
            text += piece if re.fullmatch(r"\[[^\]]+\]", piece) else pieces.get(piece, re.escape(piece))
    return re.compile(text)


class LocalPlaces:
    """Folders of this machine, also as `file:///srv/raw`."""

    def matching(self, pattern: str) -> Iterator[Entry]:
        local = pattern.removeprefix("file://")
        root = Path(fixed_part(local) or ".")
        if not root.is_dir():
            raise SourceFailed(f"{root} is not there", "Make the folder, or correct the path.")
        try:
            for path in root.glob(local[len(fixed_part(local)) :]):
                if path.is_file():
                    stat = path.stat()
                    written = datetime.fromtimestamp(stat.st_mtime, UTC)
                    yield Entry(f"{pattern[: len(pattern) - len(local)]}{path}", stat.st_size, written)
        except OSError as error:
            raise SourceFailed(
                f"{error.filename or root}: {reason_of(error)}", f"Check that {root} may be read."
            ) from error

    def of_dates(self, pattern: str, dates: Sequence[date]) -> Iterator[tuple[date, Entry]]:
        root = Path(fixed_part(pattern.removeprefix("file://")) or ".")
        if not root.is_dir():
            raise SourceFailed(f"{root} is not there", "Make the folder, or correct raw_path in registry.yaml.")
        for day in dates:
            dated = pattern.replace(DATE, day.isoformat())
            if Path(fixed_part(dated.removeprefix("file://")) or ".").is_dir():
                yield from ((day, entry) for entry in self.matching(dated))

    def fetch(self, path: str, to: Path) -> None:
        shutil.copyfile(path.removeprefix("file://"), to)


class FsspecPlaces:
    """What fsspec has a driver for. The driver is the team's to install: s3fs for s3://."""

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme
        self._opened: AbstractFileSystem | None = None

    def matching(self, pattern: str) -> Iterator[Entry]:
        path = pattern.partition("://")[2]
        bucket = path.lstrip("/").partition("/")[0]
        try:
            found = self._system().glob(path, detail=True)
            is_there = bool(found) or self._system().exists(bucket)
        except SourceFailed:
            raise
        except FileNotFoundError:
            found, is_there = {}, False
        except Exception as error:
            raise self._failed(fixed_part(pattern), error) from error
        if not is_there:
            raise SourceFailed(f"{self._scheme}://{bucket} is not there", "Correct the path, or make the bucket.")
        for path, about in found.items():
            if about.get("type") == "file":
                yield Entry(f"{self._scheme}://{path.lstrip('/')}", int(about.get("size") or 0), _written(about))

    def of_dates(self, pattern: str, dates: Sequence[date]) -> Iterator[tuple[date, Entry]]:
        for day in dates:
            yield from ((day, entry) for entry in self.matching(pattern.replace(DATE, day.isoformat())))

    def fetch(self, path: str, to: Path) -> None:
        try:
            self._system().get_file(path.partition("://")[2], str(to))
        except SourceFailed:
            raise
        except Exception as error:
            raise self._failed(path, error) from error

    def _system(self) -> "AbstractFileSystem":
        import fsspec

        if self._opened is None:
            try:
                limits = LIMITS if DRIVERS.get(self._scheme) == "s3fs" else {}
                self._opened = fsspec.filesystem(
                    self._scheme, use_listings_cache=False, skip_instance_cache=True, **limits
                )
            except (ImportError, ValueError) as error:
                package = DRIVERS.get(self._scheme)
                remedy = (
                    f"Install the fsspec driver for {self._scheme}."
                    if package is None
                    else f"Run `pip install {package}`."
                )
                raise SourceFailed(f"there is no driver for {self._scheme}:// ({error})", remedy) from error
        return self._opened

    def _failed(self, where: str, error: Exception) -> SourceFailed:
        """The next read opens it anew: credentials may have been renewed."""
        self._opened = None
        lines = redacted(str(error)).strip().splitlines()
        said = lines[0].rstrip(".") if lines else type(error).__name__
        return SourceFailed(f"{where}: {said}", _remedy(where, error))


def _remedy(where: str, error: Exception) -> str:
    if where.startswith("s3") and _NOBODY.search(str(error)):
        return "Run `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    if not where.startswith("s3") or not isinstance(error, PermissionError):
        return "Check the path, the credentials and their rights."
    if "expired" in str(error).casefold():
        return "Renew the credentials: `aws sso login`, or a new AWS_SESSION_TOKEN."
    bucket = where.partition("://")[2].partition("/")[0]
    grant = f"s3:ListBucket on arn:aws:s3:::{bucket} and s3:GetObject on arn:aws:s3:::{bucket}/*"
    return (
        f"Allow {grant}: `aws iam put-user-policy`, or `put-role-policy`; `aws sts get-caller-identity` says who asks."
    )


def dates_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def _written(about: dict[str, Any]) -> datetime:
    value = next((about[name] for name in _WRITTEN if about.get(name) is not None), 0)
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(value), UTC)
