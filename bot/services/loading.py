"""Take in a data directory: find its files, load them whole or not at all, say what came of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.domain.errors import BadInput
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.text_rules import TextRule, category_of
from bot.domain.platform.registry import Registry
from bot.ports.warehouse import Hints, LoadReport, Progress, Warehouse

STEMS = {
    "game_schedule": "which dates have games, so on which dates data is due",
    "raw_files": "whether a source delivered: no failure can be shown to be masked",
    "table_loads": "whether a table has its rows: a success is believed as recorded",
    "planned_windows": "planned backfills and maintenance",
}
"""What cannot be told when a file is absent."""
SUFFIXES = (".parquet", ".csv", ".ndjson", ".jsonl", ".json")


class LoadingService:
    def __init__(self, warehouse: Warehouse, rules: Sequence[TextRule]) -> None:
        self._warehouse = warehouse
        self._hints = Hints(lambda text: category_of(text, rules) or "", repr(tuple(rules)))

    def load(self, directory: Path, registry: Registry, now: datetime, progress: Progress) -> LoadReport:
        """Load every file of the directory. Raises BadInput with the file's name; nothing is changed then."""
        files = find_files(directory)
        if "runs" not in files and not self._warehouse.history().runs:
            raise BadInput(f"{directory}: there is no runs file ({_names('runs')}), and no history was loaded before.")
        facts = platform_facts(registry)
        report = self._warehouse.load(list(files.values()), facts, self._hints, now, progress)
        absent = tuple(f"no {stem} file: cannot tell {lost}" for stem, lost in STEMS.items() if stem not in files)
        return replace(report, warnings=(*absent, *report.warnings)) if "runs" in files else report


def find_files(directory: Path) -> dict[str, Path]:
    """The data files of a directory by stem. Raises BadInput when there are none, or two of one kind."""
    if not directory.is_dir():
        raise BadInput(f"{directory} is not a directory. Give the folder that holds runs.parquet and its companions.")
    found: dict[str, Path] = {}
    for path in sorted(directory.iterdir()):
        if not path.is_file() or path.suffix not in SUFFIXES or path.stem not in ("runs", *STEMS):
            continue
        if path.stem in found:
            raise BadInput(f"{directory}: both {found[path.stem].name} and {path.name} are there; keep one of them.")
        found[path.stem] = path
    if not found:
        raise BadInput(f"{directory}: holds no data file. Expected {_names('runs')} and its companions.")
    return found


def _names(stem: str) -> str:
    return ", ".join(stem + suffix for suffix in SUFFIXES[:3])
