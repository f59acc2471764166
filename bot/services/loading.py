"""Take in a data directory: find its files, load them whole or not at all, say what came of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from bot.domain.errors import BadInput, LacksColumn
from bot.domain.evidence.expectation import asks_games
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.text_rules import TextRule, category_of
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.platform.registry import Registry
from bot.ports.warehouse import DataFile, Hints, LoadReport, Progress, Warehouse

STEMS = {
    "game_schedule": "which dates have games, so on which dates data is due",
    "raw_files": "whether a source delivered: no failure can be shown to be masked",
    "table_loads": "whether a table has its rows: a success is believed as recorded",
    "planned_windows": "planned backfills and maintenance",
}
"""What is unknown when a file is absent."""
_ALIKE = 0.75
"""A name of a file that is so much like one of ours may be meant for it."""
SUFFIXES = (".parquet", ".csv", ".ndjson", ".jsonl", ".json")


LACKING = "Say what it is called under vocabulary.columns in policy.yaml, or under columns of a source of this folder"


@dataclass(frozen=True)
class Written:
    """How the files of a folder are written: what their words mean, our column -> theirs by the stem of a file, and the
    time zone of moments without an offset.
    """

    vocabulary: Vocabulary
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    timezone: str | None = None


def in_standard(_directory: Path | None) -> Written:
    return Written(Vocabulary.standard())


class LoadingService:
    """`written`: how the files of a folder are written; of None, all others."""

    def __init__(
        self,
        warehouse: Warehouse,
        rules: Sequence[TextRule],
        written: Callable[[Path | None], Written] = in_standard,
    ) -> None:
        self._warehouse, self._rules, self._written = warehouse, rules, written

    def stored_registry(self) -> str | None:
        """The document of the registry that the data was loaded with; None: there is no data."""
        return self._warehouse.platform_document()

    def adopt(self, registry: Registry, now: datetime) -> None:
        """Store another registry, or other rules for texts, with the data that is there."""
        hints = hints_of(self._rules, self._written(None).vocabulary)
        self._warehouse.load([], platform_facts(registry), hints, now, lambda _step, _rows: None)

    def load(self, directory: Path, registry: Registry, now: datetime, progress: Progress) -> LoadReport:
        """Load every file of the directory. Raises BadInput with the file's name; nothing is changed then."""
        files = find_files(directory)
        if "runs" not in files and not self._warehouse.history().runs:
            lacking = f"{directory}: there is no runs file ({_names('runs')}), and no history was loaded before."
            raise BadInput(_with_left_out(lacking, directory))
        facts = platform_facts(registry)
        written = self._written(directory)
        data = [replace(DataFile.of(path), columns=written.columns.get(stem, {})) for stem, path in files.items()]
        hints = hints_of(self._rules, written.vocabulary, written.timezone)
        try:
            report = self._warehouse.load(data, facts, hints, now, progress)
        except LacksColumn as error:
            raise BadInput(f"{error}. {LACKING} in sources.yaml.") from error
        games = any(map(asks_games, registry.processors))
        needed = (stem for stem in STEMS if stem not in files and (games or stem != "game_schedule"))
        absent = tuple(f"no {stem} file: cannot tell {STEMS[stem]}" for stem in needed)
        warnings = (*left_out(directory), *(absent if "runs" in files else ()), *report.warnings)
        return replace(report, warnings=warnings)


def hints_of(rules: Sequence[TextRule], vocabulary: Vocabulary, timezone: str | None = None) -> Hints:
    """What the words of a history mean, and its moments without an offset."""
    return Hints(lambda text: category_of(text, rules) or "", repr(tuple(rules)), vocabulary, timezone)


def find_files(directory: Path) -> dict[str, Path]:
    """The data files of a directory by stem. Raises BadInput when there are none, two of one kind, or one that is a
    pipe or a device, which might never end.
    """
    if not directory.is_dir():
        raise BadInput(f"{directory} is not a directory. Give the folder that holds runs.parquet and its companions.")
    found: dict[str, Path] = {}
    for path in sorted(directory.iterdir()):
        if path.suffix not in SUFFIXES or path.stem not in ("runs", *STEMS) or path.is_dir():
            continue
        if not path.is_file():
            raise BadInput(f"{directory}: {path.name} is no regular file. Copy what it gives into one.")
        if path.stem in found:
            raise BadInput(f"{directory}: both {found[path.stem].name} and {path.name} are there; keep one of them.")
        found[path.stem] = path
    if not found:
        lacking = f"{directory}: holds no data file. Expected {_names('runs')} and its companions."
        raise BadInput(_with_left_out(lacking, directory))
    return found


def _with_left_out(lacking: str, directory: Path) -> str:
    return " ".join([lacking, *left_out(directory)])


def left_out(directory: Path) -> Iterator[str]:
    """What looks like a data file and is not read, with the reason: nothing is passed over without a word."""
    for path in sorted(directory.iterdir()):
        stem, _, rest = path.name.partition(".")
        is_read = path.suffix in SUFFIXES and path.stem in ("runs", *STEMS) and not path.is_dir()
        near = get_close_matches(stem.casefold(), ("runs", *STEMS), n=1, cutoff=_ALIKE)
        if is_read or not near:
            continue
        if stem.casefold() not in near:
            if f".{rest}".casefold() in SUFFIXES and path.is_file():
                yield f"{path.name} is not read: did you mean {near[0]}.{rest.casefold()}?"
        elif path.is_dir():
            yield f"{path.name} is a folder and is not read: write its parts into one file"
        elif f".{rest}".casefold() in SUFFIXES:
            yield f"{path.name} is not read: name it {path.name.casefold()}"
        else:
            yield f"{path.name} is not read: unpack or convert it to {_names(stem.casefold())}"


def _names(stem: str) -> str:
    return ", ".join(stem + suffix for suffix in SUFFIXES[:3])
