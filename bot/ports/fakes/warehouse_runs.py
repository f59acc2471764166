"""The runs of a fake warehouse: every version of each, and which of them was known when."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.domain.evidence.runs import VOCABULARIES, Category, Status
from bot.ports.fakes.warehouse_files import Row
from bot.ports.warehouse import Hints

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Run:
    """One version of a run. `order` says which of two versions is the later one."""

    run_id: str
    processor: str
    phase: int | None
    data_date: date
    started_at: datetime
    ended_at: datetime | None
    status: Status
    records: int | None
    duration: float | None
    error: str | None
    attempt: int | None
    trigger: str | None
    heartbeat_at: datetime | None
    inserted_at: datetime
    recorded: Category | None
    hinted: Category | None
    order: tuple[datetime, str]

    def hinted_by(self, hints: Hints) -> "Run":
        """A failed run without a usable record has what the text rules say of its message, dates left out."""
        if self.status is not Status.FAILED or self.recorded is not None or self.error is None:
            return self
        said = hints.of(_DATE.sub("<date>", self.error))
        return replace(self, hinted=Category(said) if said else None)


@dataclass
class RunVersions:
    """Versions by run, in ascending order."""

    held: dict[str, list[Run]] = field(default_factory=dict)

    def merge(self, runs: Iterable[Run]) -> tuple[int, int]:
        """Take versions in; returns how many runs are new and how many have another latest version than before."""
        new = corrected = 0
        by_run: dict[str, list[Run]] = defaultdict(list)
        for run in runs:
            by_run[run.run_id].append(run)
        for run_id, versions in by_run.items():
            before = self.held.get(run_id, [])
            merged = {run.order: run for run in [*versions, *before]}
            self.held[run_id] = [merged[order] for order in sorted(merged)]
            new += not before
            corrected += bool(before) and self.held[run_id][-1].order != before[-1].order
        return new, corrected

    def latest(self) -> list[Run]:
        return [versions[-1] for versions in self.held.values()]

    def known(self, as_of: datetime) -> list[Run]:
        """The latest version of each run that was known at a moment."""
        known = ([run for run in versions if run.inserted_at <= as_of] for versions in self.held.values())
        return [versions[-1] for versions in known if versions]

    def hint_again(self, hints: Hints) -> None:
        self.held = {run_id: [run.hinted_by(hints) for run in versions] for run_id, versions in self.held.items()}


def runs_of(rows: list[Row], hints: Hints) -> list[Run]:
    """Complete the rows of a file: identity, duration, when it became known, category."""
    counted: dict[tuple[object, ...], int] = defaultdict(int)
    runs = []
    for row in sorted(rows, key=lambda row: row["attempt"] if row["attempt"] is not None else float("inf")):
        key = (row["processor_name"], row["data_date"], row["started_at"])
        if row["run_id"] is None:
            counted[key] += 1
        runs.append(_run({**row, "run_id": row["run_id"] or _name(*key, counted[key])}).hinted_by(hints))
    return runs


def unknown_spellings(rows: list[Row]) -> dict[str, int]:
    """Recorded categories of failed runs that no vocabulary has, with their number of runs."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        spelling = row["failure_category"]
        if row["status"] == "failed" and spelling is not None and spelling.lower() not in VOCABULARIES:
            found[spelling] += 1
    return dict(sorted(found.items()))


def _name(*parts: object) -> str:
    return "row-" + hashlib.md5(repr(parts).encode(), usedforsecurity=False).hexdigest()


def _run(row: Row) -> Run:
    duration = row["duration_seconds"]
    if duration is None and row["completed_at"] is not None:
        duration = max((row["completed_at"] - row["started_at"]).total_seconds(), 0.0)
    recorded = VOCABULARIES.get((row["failure_category"] or "").lower())
    inserted_at = row["inserted_at"] or row["completed_at"] or row["started_at"]
    return Run(
        run_id=row["run_id"],
        processor=row["processor_name"],
        phase=row["phase"],
        data_date=row["data_date"],
        started_at=row["started_at"],
        ended_at=row["completed_at"],
        status=Status(row["status"]),
        records=row["records_processed"],
        duration=duration,
        error=row["error_message"],
        attempt=row["attempt"],
        trigger=row["trigger"],
        heartbeat_at=row["last_heartbeat_at"],
        inserted_at=inserted_at,
        recorded=None if recorded is Category.UNKNOWN else recorded,
        hinted=None,
        order=(inserted_at, _version({**row, "duration_seconds": duration})),
    )


def _version(row: Row) -> str:
    """Decides between versions that became known at the same moment: a finished run over a running one, then the later
    end, then the greater text of the rest. Versions with the same text are one."""
    ended, beat = row["completed_at"], row["last_heartbeat_at"]
    duration = row["duration_seconds"]
    parts = [
        "0" if row["status"] == "running" else "1",
        "" if ended is None else _microseconds(ended),
        row["status"],
        row["records_processed"],
        None if duration is None else round(duration * 1e6),
        row["data_date"],
        "" if beat is None else _microseconds(beat),
        row["failure_category"],
        row["error_message"],
        row["processor_name"],
        row["phase"],
        row["attempt"],
        row["trigger"],
    ]
    return "|".join("" if part is None else str(part) for part in parts)


def _microseconds(moment: datetime) -> str:
    return str(int(moment.timestamp()) * 1_000_000 + moment.microsecond)
