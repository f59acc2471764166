"""One processor's date as the judge sees it, written by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.processor_date import ProcessorDate, Trace
from bot.domain.evidence.runs import Category, InputKind, Status
from bot.domain.platform.registry import Processor

DATE = date(2026, 1, 15)
SLOT = datetime(2026, 1, 16, 6, tzinfo=UTC)
"""01:00 in New York, the one slot of the date."""
JUDGED = SLOT + timedelta(minutes=20)
LATER = SLOT + timedelta(hours=6)
FILE_AT = SLOT - timedelta(hours=2)
BOX: dict[str, Any] = {
    "name": "Box",
    "phase": 2,
    "source": "box",
    "bigquery_table": "raw.box",
    "schedule_hours_et": [25],
    "expected_records": {"per_game": True},
}


def processor(**changed: Any) -> Processor:
    return Processor.model_validate({**BOX, **changed})


def trace(size: int, known_at: datetime = FILE_AT) -> Trace:
    return Trace([(known_at, size)] if size else [])


def day(**changed: Any) -> ProcessorDate:
    """Two games were played, the raw file came, the table is empty, and one run found nothing."""
    given: dict[str, Any] = {
        "processor": processor(),
        "data_date": DATE,
        "slots": (SLOT,),
        "last_chance": SLOT,
        "deadline": None,
        "expected": True,
        "runs_due": True,
        "games": 2,
        "table": Trace(),
        "file": trace(5_000),
        "input_kind": InputKind.FILE,
        "runs": [run(records=0)],
        **changed,
    }
    if not given["slots"]:
        given["last_chance"] = None
    return ProcessorDate(**given)


def run(
    status: Status = Status.SUCCESS,
    records: int | None = 0,
    start: datetime = SLOT,
    category: Category | None = None,
    **changed: Any,
) -> RunSeen:
    """A run of a minute."""
    end = start + timedelta(minutes=1)
    given = RunSeen("r1", "Box", DATE, start, end, status, category, None, records, 60.0, 1, "schedule", end, end)
    return given._replace(**{"run_id": f"{status}-{start}", **changed})
