"""What is loaded into every warehouse of the contract suite: few loads, many cases each, as the emulator is slow."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.domain.evidence.runs import Category
from bot.domain.evidence.text_rules import TextRule
from tests.contracts.warehouses import Step
from tests.support.builders import DAY, PROCESSORS, RULES, Row, World, at, failed, game, loaded, raw_file, run

NEXT = DAY + timedelta(days=1)


def moment(hours: float, day: date = DAY) -> datetime:
    """Aware UTC, `hours` after 00:00 UTC of the day."""
    return at(hours, day).replace(tzinfo=UTC)


RUNNING: Row = {"status": "running", "completed_at": None, "duration_seconds": None}
FIRST = World(
    runs=[
        run("box-1", start=30.25, records_processed=200, duration_seconds=40.0),
        run("box-2", start=31.5, day=NEXT, records_processed=0, duration_seconds=80.0),
        run("daily-1", "Daily", start=13, records_processed=10, duration_seconds=1.5, inserted_at=at(14.5)),
        run("daily-2", "Daily", start=13, day=NEXT, records_processed=None, duration_seconds=0.0),
        run("summary-1", "Summary", start=33, duration_seconds=300.0),
        run("plain-1", "Plain", start=10, status="skipped", records_processed=None),
        run("", "Stranger", start=11, phase=None, duration_seconds=5.0),
        run("grows", start=32, inserted_at=at(32.01), **RUNNING),
        run("out-of-order", start=33, duration_seconds=70.0, inserted_at=at(34)),
        run("tie", start=34, inserted_at=at(35), **RUNNING),
        run("hangs", "Poller", start=31.2, inserted_at=at(31.3), **RUNNING),
        run("polls", "Poller", start=31.4, trigger="poll", **RUNNING),
        run("no-beat", "Poller", start=31.6, last_heartbeat_at=None, **RUNNING),
        run("twice-written", start=35, duration_seconds=9.5, inserted_at=at(36)),
        run("twice-written", start=35, duration_seconds=10.5, inserted_at=at(36)),
        failed("masked", category="no_data_available", start=29, day=NEXT),
        failed("too-early", category="no_data_available", start=26, trigger="poll"),
        failed("dependency", "Summary", category="dependency_missing", start=27),
        failed("upstream", "Summary", category="upstream_failure", start=27.5),
        failed("an-error", category="error", start=29.5),
        failed("null-timeout", text="the source timed out after 30 s on 2026-01-15", start=28.5),
        failed("null-silent", text=None, start=28.6),
        failed("null-no-data", "Poller", text="no data for 2026-01-15", start=25.5),
        failed("null-odd", "Poller", text="E17", start=28.7),
        failed("unknown", category="unknown", text="ValueError: x", start=28.8),
        failed("strange", category="gremlins", text="E18", start=28.9),
        failed("over-limit", "Limited", start=12, duration_seconds=700.0),
        failed("roster", "Roster", category="No_Data_Available ", start=13),
    ],
    table_loads=[
        loaded(hours=30.3, rows=200),
        loaded("raw.daily", hours=13.1, rows=10),
        loaded("an.summary", hours=33.1, rows=50),
        loaded("raw.poll", hours=29, rows=0),
        loaded(hours=30.3, rows=0, day=date(2026, 1, 10)),
    ],
    raw_files=[
        raw_file(hours=28),
        raw_file(hours=28, day=NEXT),
        raw_file("roster", hours=12, size=150),
        raw_file("daily", hours=12.5),
    ],
    game_schedule=[game("G1"), game("G2"), game("G3", NEXT), {**game("G4", NEXT), "final_utc": None}],
    planned_windows=[
        {
            "kind": "backfill",
            "processors": ["Box", "Poller"],
            "start": at(20),
            "end": at(22),
            "announced_at": at(10),
            "note": "history",
        },
        {
            "kind": "maintenance",
            "processors": ["Box"],
            "start": at(5),
            "end": at(6),
            "announced_at": at(40),
            "note": None,
        },
    ],
    processors=[*PROCESSORS, {"name": "Limited", "phase": 4, "timeout_seconds": 600, "schedule_hours_et": [7.0]}],
)

LATER = FIRST.but(
    runs=[
        run("grows", start=32, duration_seconds=90.0, inserted_at=at(32.05)),
        run("out-of-order", start=33, inserted_at=at(33.01), **RUNNING),
        run("", "Plain", start=10, status="skipped", records_processed=None),
        run("tie", start=34, duration_seconds=60.0, inserted_at=at(35)),
        run("box-1", start=30.25, records_processed=200, duration_seconds=40.0),
        run("named-later", "Stranger", start=11, phase=None, duration_seconds=5.0),
        run("late", start=29.9, duration_seconds=12.0, inserted_at=at(60)),
        failed("early-day", "Daily", start=9, day=date(2026, 1, 9), text="KeyError: 'x'", inserted_at=at(61)),
        failed("wrong-then-right", category="timeout", start=36, inserted_at=at(37)),
        run("wrong-then-right", start=36, duration_seconds=33.0, inserted_at=at(62)),
    ],
    table_loads=[loaded(hours=30.3, rows=210), loaded(hours=55, rows=120, day=NEXT), loaded(hours=56, rows=0)],
    raw_files=[raw_file(hours=10, day=date(2026, 1, 9)), raw_file(hours=27), raw_file(hours=28, size=6_000)],
    game_schedule=[game("G5", date(2026, 1, 9)), {**game("G1"), "game_date": NEXT}],
    planned_windows=[],
)


def _spoil_runs(directory: Path) -> None:
    """Rows that no warehouse takes, between good ones; the line is their number."""
    path = directory / "runs.ndjson"
    lines = path.read_text().splitlines()
    bad: list[Row | str] = [
        {**json.loads(lines[0]), "run_id": "bad-date", "data_date": "2026-13-45"},
        "{ broken",
        {**json.loads(lines[0]), "run_id": "bad-status", "status": "vanished"},
        {**json.loads(lines[0]), "run_id": "far", "processor_name": "Bo\x00x"},
        {**json.loads(lines[0]), "run_id": "no-start", "started_at": None},
        {**json.loads(lines[0]), "run_id": "half", "data_date": "2026-01"},
        {**json.loads(lines[0]), "run_id": "endless", "started_at": "infinity"},
    ]
    lines[1:1] = [row if isinstance(row, str) else json.dumps(row, default=str) for row in bad]
    path.write_text("\n".join(lines) + "\n")


_OTHER_RULES = (TextRule(Category.VALIDATION_FAILED, ("e17", "timed out")), *RULES)
_OTHER_PROCESSORS = [
    {**processor, "sporadic": processor["name"] == "Daily", "schedule_hours_et": [26.0]}
    for processor in PROCESSORS
    if processor["name"] != "Plain"
]

STORY = {
    "first": Step(FIRST),
    "later": Step(LATER, spoil=_spoil_runs),
    "again": Step(LATER, spoil=_spoil_runs),
    "other rules and registry": Step(replace(LATER, processors=_OTHER_PROCESSORS), _OTHER_RULES, spoil=_spoil_runs),
}
"""Loads one after another into one warehouse."""

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
_CHANGES = [SPRING - timedelta(days=1), SPRING, AUTUMN, AUTUMN + timedelta(days=1)]
CLOCKS = Step(
    World(
        runs=[run(f"clock-{day}", start=8, day=day, duration_seconds=3.0) for day in _CHANGES],
        game_schedule=[game(f"G-{day}", day) for day in _CHANGES],
        processors=[
            {
                "name": "Box",
                "phase": 2,
                "source": "box",
                "table": "raw.box",
                "schedule_hours_et": [2.5],
                "per_game": True,
            },
            {"name": "Summary", "phase": 3, "schedule_hours_et": [1.5], "per_game": True, "dependencies": ["Box"]},
            {"name": "Late", "phase": 4, "schedule_hours_et": [26.5, 1.0], "per_game": False},
        ],
    ),
    now=datetime(2027, 1, 1, tzinfo=UTC),
)
"""Both changes of the clock in New York, in slots that do not exist or occur twice."""


def _bare(row: Row) -> Row:
    kept = ("processor_name", "started_at", "status", "completed_at")
    return {"analysis_date": row["data_date"], "record_count": 7, **{name: row[name] for name in kept}}


BARE = Step(
    World(
        runs=[
            _bare(row)
            for row in [
                run("x", start=30),
                run("x", start=30),
                run("y", "Plain", start=31, completed_at=None),
                failed("z", "Summary", start=32),
            ]
        ]
    ),
    suffix=".csv",
)
"""An old history: another name for the date, hardly any columns, nothing beside it, as CSV."""
