"""Health of a moment that no incident tells of: slots without a run count by the rules of verdicts and detection."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.health.model import Colour, HealthReport, HealthRequest
from bot.domain.health.notified import Notified
from bot.domain.slo import ServiceLevels
from bot.services.health import HealthService
from tests.support.builders import World, at, load, loaded, registry, run, warehouse

HOURS = [float(hour) for hour in range(24)]
PIPELINE = [
    {"name": "Often", "phase": 2, "table": "raw.often", "schedule_hours_et": HOURS, "per_game": False},
    {"name": "Untold", "phase": 2, "schedule_hours_et": [8.0]},
    {"name": "Other", "phase": 3},
]
FIRST, LAST = date(2026, 1, 10), date(2026, 1, 15)
STOPPED = datetime(2026, 1, 14, 17, 1, tzinfo=UTC)
"""Often starts no more, and Untold has not run on the date before."""
WINDOW = {
    "kind": "maintenance",
    "processors": ["Often"],
    "start": at(15, date(2026, 1, 14)),
    "end": at(40, date(2026, 1, 14)),
    "announced_at": at(1, date(2026, 1, 14)),
}


def world() -> World:
    days = [FIRST + timedelta(days=ahead) for ahead in range((LAST - FIRST).days + 1)]
    slots = [(day, hour + 5.0) for day in days for hour in HOURS]
    often = [(day, hour) for day, hour in slots if at(hour, day).replace(tzinfo=UTC) < STOPPED]
    return World(
        [
            *(run(f"f{day}{hour}", "Often", start=hour, day=day, phase=2) for day, hour in often),
            *(run(f"o{day}{hour}", "Other", start=hour, day=day, phase=3) for day, hour in slots),
            *(run(f"u{day}", "Untold", start=13.1, day=day, phase=2) for day in days if day.day != 13),
        ],
        [loaded("raw.often", hours=hour + 0.1, day=day) for day, hour in often],
        processors=PIPELINE,
    )


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> SqlWarehouse:
    into = warehouse()
    load(into, world().write(tmp_path_factory.mktemp("slots")), PIPELINE)
    return into


def told(held: SqlWarehouse, as_of: datetime, processor: str | None = None) -> HealthReport:
    service = HealthService(held, registry(PIPELINE), ServiceLevels(()))
    return service.of(HealthRequest(as_of=as_of, processor=processor), as_of)


OFTEN = "Often: no run has started since 14 Jan 17:00 UTC; {} since 18:00."
UNTOLD = "Untold: no run has started for 13 Jan since the first slot."


@pytest.mark.parametrize(
    ("as_of", "colour", "said"),
    [
        (datetime(2026, 1, 13, 13, 30, tzinfo=UTC), Colour.GREEN, []),
        (datetime(2026, 1, 13, 14, tzinfo=UTC), Colour.YELLOW, [UNTOLD]),
        (datetime(2026, 1, 14, 18, 59, tzinfo=UTC), Colour.YELLOW, [UNTOLD]),
        (datetime(2026, 1, 14, 19, tzinfo=UTC), Colour.YELLOW, [OFTEN.format("a slot has passed"), UNTOLD]),
        (datetime(2026, 1, 15, 2, tzinfo=UTC), Colour.YELLOW, [OFTEN.format("8 slots have passed"), UNTOLD]),
    ],
)
def test_slots_without_a_run_are_told_of_a_moment(
    held: SqlWarehouse, as_of: datetime, colour: Colour, said: list[str]
) -> None:
    made = told(held, as_of)
    texts = [reason.text for reason in made.reasons if reason.name == "slots_missed"]
    assert (made.overall, texts) == (colour, said)
    yellow = {row.name for row in made.processors if row.status is Colour.YELLOW}
    assert yellow == {text.partition(":")[0] for text in said}


def test_only_what_is_asked_about_is_told(held: SqlWarehouse) -> None:
    made = told(held, datetime(2026, 1, 15, 2, tzinfo=UTC), "Untold")
    assert [reason.text for reason in made.reasons] == [UNTOLD]


def test_a_planned_window_explains_a_slot(tmp_path: Path) -> None:
    into = warehouse()
    load(into, world().but(planned_windows=[WINDOW]).write(tmp_path), PIPELINE)
    assert [reason.text for reason in told(into, datetime(2026, 1, 15, 2, tzinfo=UTC)).reasons] == [UNTOLD]


def test_where_incidents_are_known_they_tell(held: SqlWarehouse) -> None:
    service = HealthService(held, registry(PIPELINE), ServiceLevels(()), lambda *_: Notified())
    made = service.of(HealthRequest(), datetime(2026, 1, 15, 2, tzinfo=UTC))
    assert not [reason for reason in made.reasons if reason.name == "slots_missed"]
