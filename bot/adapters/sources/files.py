"""Files that appear in a folder or a bucket: whole exports or parts of them, in the formats of a data directory."""

import json
import re
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.adapters.sources.parts import Part, parts_of
from bot.adapters.sources.places import Places, fixed_part
from bot.adapters.sources.together import MOST_BYTES, MOST_FILES, SMALL_BYTES, Group, groups
from bot.domain.counts import plural
from bot.domain.errors import BadInput, reason_of
from bot.domain.sources import Feed, SourceFailed
from bot.ports.sources import Batch
from bot.ports.warehouse import DataFile

SUFFIXES = (".parquet", ".csv", ".ndjson", ".jsonl", ".json")
UNFINISHED = re.compile(r"^[._~]|\.(?:tmp|part|partial|crdownload|swp)(?:\.|$)|~$")
SETTLES_S = 2.0
"""A file that was changed so lately may still be written."""
MOST_FOUND = 200_000
MOST_LOOKED_AT = 50_000_000
"""Bytes of a file that a check looks into."""
_STEMS = re.compile(f"^({'|'.join(sorted(Feed, key=len, reverse=True))})(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Artifacts:
    """Files of a tool, by a part of their names. `rows_of` writes what one tells as lines of JSON to another file."""

    named: str
    rows_of: Callable[[Path, Path], None]


@dataclass(frozen=True)
class _Found:
    """A file as it is: when it was changed, by the system's clock, which no copy with its old time can set.
    `place`: where it is read from, `name`: what it is called in messages.
    """

    place: str
    name: str
    changed_ns: int
    size: int


class FilesSource:
    """`path`: a folder or bucket with all below it, or a pattern. `feeds` None: names as runs-2026-01.parquet say it.

    A file is read when it is new or was changed; the same bytes are never stored twice. `lateness`: so long after its
    newest file the folder may still bring an older one.
    """

    def __init__(
        self,
        path: str,
        feeds: Feed | None,
        lateness: timedelta,
        columns: Mapping[str, str],
        seconds: Callable[[], float],
        artifacts: Artifacts | None = None,
        bucket: Places | None = None,
        remarks: Callable[[Path, str], str] | None = None,
    ) -> None:
        """`seconds`: since 1970, by the clock of the file system. `artifacts`: only these are read. `bucket`: where the
        path is not of this machine. `remarks`: says what there is to say of a file of that kind; None: nothing.
        """
        self._bucket = bucket
        self._path, self._feeds, self._columns, self._seconds = path, feeds, columns, seconds
        self._artifacts, self._remarks = artifacts, remarks
        self._overlap_ns = int(lateness.total_seconds() * 1e9)

    @contextmanager
    def batches(self, cursor: str | None, now: datetime) -> Iterator[Iterator[Batch]]:  # noqa: ARG002 (the port's)
        """Whoever stops in the middle leaves nothing behind: the parts of a file go with the block."""
        folder = tempfile.TemporaryDirectory(prefix="fireline-")
        with folder as scratch, closing(self._batches(cursor, Path(scratch))) as batches:
            yield batches

    def check(self, now: datetime) -> str:  # noqa: ARG002 (the port's)
        """How many files there are, and the newest."""
        found = self._found()
        if not found:
            return f"{self._path}: no file yet"
        newest = max(found, key=lambda file: file.changed_ns)
        said = f"{self._path}: {plural(len(found), 'file')}, the newest {newest.name}"
        return "; ".join(filter(None, (said, self._said_of(newest))))

    def _said_of(self, file: _Found) -> str:
        if self._remarks is None or self._artifacts is not None or file.size > MOST_LOOKED_AT:
            return ""
        with tempfile.TemporaryDirectory(prefix="fireline-") as folder:
            return self._remarks(self._fetched(file, Path(folder) / "file"), self._kind_of(file.name))

    def close(self) -> None:
        """Nothing is held open."""

    def _batches(self, cursor: str | None, scratch: Path) -> Generator[Batch]:
        read = _Read.of(cursor)
        found = sorted(self._found(), key=lambda file: (file.changed_ns, file.name))
        for window in _windows([file for file in found if read.lacks(file)]):
            after = read.including(window, self._overlap_ns)
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                yield from self._window(window, read, after, Path(folder))
            read = after

    def _window(self, window: Sequence[_Found], before: "_Read", after: "_Read", folder: Path) -> Iterator[Batch]:
        """Files that can be read as one come as one. What lies before a file that cannot be had is stored first."""
        given, trouble = list[tuple[_Found, DataFile]](), None
        for at, file in enumerate(window):
            try:
                path = self._rows_of(self._fetched(file, folder / str(at)), folder / f"{at}.ndjson")
            except (SourceFailed, BadInput, OSError) as error:
                trouble, after = error, before.also(window[:at])
                break
            if self._artifacts is None or path.stat().st_size:
                given.append((file, DataFile(path, self._kind_of(file.name), file.name, self._columns, part=True)))
        found = {id(data): file for file, data in given}
        if given:
            yield from self._groups([*groups([data for _, data in given])], found, before, after, folder)
        else:
            yield Batch(after.text())
        if trouble is not None:
            raise trouble

    def _groups(
        self,
        some: Sequence[Group],
        found: Mapping[int, _Found],
        before: "_Read",
        after: "_Read",
        folder: Path,
    ) -> Iterator[Batch]:
        """`after`: when the last of them is read."""
        for at, group in enumerate(some, 1):
            then = before.also([found[id(data)] for data in group.files]) if at < len(some) else after
            yield from self._grouped(group, found, before, then, folder)
            before = then

    def _grouped(
        self, group: Group, found: Mapping[int, _Found], before: "_Read", after: "_Read", folder: Path
    ) -> Iterator[Batch]:
        """As one file, and where that is not taken in smaller ones; a large one part by part."""
        if len(group.files) == 1:
            with parts_of(group.files[0].path) as parts:
                yield from _one_by_one(group.files[0], parts, before, after)
            return

        def apart() -> Iterator[Batch]:
            yield from self._groups(group.smaller, found, before, after, folder)

        yield Batch(after.text(), group.as_one(folder / "together"), apart=apart)

    def _fetched(self, file: _Found, folder: Path) -> Path:
        """A file of a bucket is copied here for as long as it is read."""
        if self._bucket is None:
            return Path(file.place)
        folder.mkdir()
        path = folder / file.name.rpartition("/")[2]
        self._bucket.fetch(file.place, path)
        return path

    def _rows_of(self, path: Path, rows: Path) -> Path:
        if self._artifacts is None:
            return path
        self._artifacts.rows_of(path, rows)
        return rows

    def _found(self) -> list[_Found]:
        found = self._here() if self._bucket is None else self._in_bucket(self._bucket)
        if len(found) > MOST_FOUND:
            raise SourceFailed(f"{self._path}: more than {MOST_FOUND:,} files", "Name a smaller folder or pattern.")
        return found

    def _in_bucket(self, bucket: Places) -> list[_Found]:
        """An object appears whole."""
        is_pattern = re.search(r"[*?\[]", self._path) is not None
        is_file = self._path.endswith(SUFFIXES)
        pattern = self._path if is_pattern or is_file else f"{self._path.rstrip('/')}/**"
        root = fixed_part(self._path) if is_pattern else f"{self._path.rstrip('/')}/"
        return [
            _Found(entry.path, entry.path.removeprefix(root), int(entry.written.timestamp() * 1e9), entry.size)
            for entry in bucket.matching(pattern)
            if self._is_named(entry.path.rpartition("/")[2])
        ]

    def _here(self) -> list[_Found]:
        now_ns = int(self._seconds() * 1e9)
        settled_ns = now_ns - int(SETTLES_S * 1e9)
        root, pattern = _root_and_pattern(self._path)
        if not root.exists():
            raise SourceFailed(f"{root} is not there", "Make the folder, or correct path in sources.yaml.")
        try:
            found = [_as_found(path, root, now_ns) for path in root.glob(pattern) if self._is_meant(path)]
        except OSError as error:
            remedy = f"Check that {root} is there and may be read"
            raise SourceFailed(f"{error.filename or root}: {reason_of(error)}", f"{remedy}.") from error
        return [file for file in found if file.changed_ns <= settled_ns]

    def _is_meant(self, path: Path) -> bool:
        return self._is_named(path.name) and path.is_file()

    def _is_named(self, name: str) -> bool:
        if not name.casefold().endswith(SUFFIXES) or UNFINISHED.search(name):
            return False
        if self._artifacts is not None:
            return self._artifacts.named in name
        return self._feeds is not None or _STEMS.match(name) is not None

    def _kind_of(self, name: str) -> str:
        named = _STEMS.match(name.rpartition("/")[2])
        return self._feeds.value if self._feeds is not None else named[1].casefold() if named else ""


@dataclass(frozen=True)
class _Read:
    """What has been read: everything that was changed up to `until_ns` less the overlap, and `recent` of what came
    later: name -> (when it was changed, its size).
    """

    until_ns: int
    from_ns: int
    recent: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, cursor: str | None) -> "_Read":
        if cursor is None:
            return cls(0, 0, {})
        held = json.loads(cursor)
        return cls(held["until"], held["from"], {name: (at, size) for name, (at, size) in held["recent"].items()})

    def lacks(self, file: _Found) -> bool:
        return file.changed_ns > self.from_ns and self.recent.get(file.name) != (file.changed_ns, file.size)

    def including(self, files: Sequence[_Found], overlap_ns: int) -> "_Read":
        until = max([self.until_ns, *(file.changed_ns for file in files)])
        start = max(self.from_ns, until - overlap_ns)
        recent = self.also(files).recent
        return _Read(until, start, {name: (at, size) for name, (at, size) in recent.items() if at > start})

    def also(self, files: Sequence[_Found]) -> "_Read":
        """With these, whatever lies between them is still to be read."""
        return replace(self, recent={**self.recent, **{file.name: (file.changed_ns, file.size) for file in files}})

    def text(self) -> str:
        return json.dumps({"until": self.until_ns, "from": self.from_ns, "recent": self.recent})


def _windows(files: Sequence[_Found]) -> Iterator[list[_Found]]:
    """In their order: as many small ones as are read at once, or one large one."""
    window, size = list[_Found](), 0
    for file in files:
        if window and (max(file.size, window[-1].size) > SMALL_BYTES or size + file.size > MOST_BYTES):
            yield window
            window, size = [], 0
        window.append(file)
        size += file.size
        if len(window) == MOST_FILES:
            yield window
            window, size = [], 0
    if window:
        yield window


def _one_by_one(file: DataFile, parts: Iterable[Part], before: _Read, after: _Read) -> Iterator[Batch]:
    """The file is read when its last part is; a part that comes again is not stored again."""
    for part in parts:
        yield Batch((after if part.is_last else before).text(), replace(file, path=part.path))


def _root_and_pattern(path: str) -> tuple[Path, str]:
    """`exports/*/runs-*.csv` -> (exports, */runs-*.csv); a folder means all that lies in it."""
    parts = Path(path).parts
    fixed = next((at for at, part in enumerate(parts) if re.search(r"[*?\[]", part)), len(parts))
    root = Path(*parts[:fixed]) if fixed else Path()
    if fixed < len(parts):
        return root, str(Path(*parts[fixed:]))
    return (root.parent, root.name) if root.is_file() else (root, "**/*")


def _as_found(path: Path, root: Path, now_ns: int) -> _Found:
    """A time that lies ahead was copied with the file, from a clock that is wrong: when it was put here counts."""
    stat = path.stat()
    changed = stat.st_mtime_ns if stat.st_mtime_ns <= now_ns else 0
    return _Found(str(path), str(path.relative_to(root)), max(changed, stat.st_ctime_ns), stat.st_size)
