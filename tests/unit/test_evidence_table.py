"""The evidence table: what is worked out once, and not for each of 35 dates ahead."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.engine import SEPARATOR, Parameters
from bot.adapters.warehouse.evidence_table import DateBook, RunFacts
from bot.domain.evidence.answers import END_OF_TIME, Span
from bot.domain.evidence.game_calendar import GameCalendar
from bot.domain.evidence.known import Seen
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.recorded import Record
from tests.support.builders import DAY, failed, registry, run

KNOWN = registry(
    [
        {"name": "Weekly", "phase": 2, "table": "raw.weekly", "schedule": "0 6 * * 1", "per_game": False},
        {"name": "Daily", "phase": 2, "table": "raw.daily", "schedule_hours_et": [8.0], "per_game": False},
    ]
)


def at(hours: float, day: date) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(hours=hours)


def book(loads: dict[tuple[str, date], list[tuple[datetime, int]]]) -> DateBook:
    seen = Seen(tables={"raw.weekly": at(6.0, DAY), "raw.daily": at(8.5, DAY)}, calendar=False)
    calendar, no_runs = GameCalendar([], KNOWN.zone, loaded=False), RunFacts({}, {}, {}, {})
    return DateBook(platform_facts(KNOWN), Record({}), seen, calendar, loads, {}, no_runs)


def test_dates_ahead_share_their_answers_and_dates_with_rows_have_their_own() -> None:
    days = [DAY + timedelta(days=ahead) for ahead in range(40)]
    loads = {("raw.daily", day): [(at(8.5, day), 100)] for day in days[:3]}
    rows = list(book(loads).rows((name, day) for name in KNOWN.by_name for day in days))
    ahead = [row for row in rows if len(str(row[1]).split(SEPARATOR)) > 1]
    assert len(ahead) == 6, "Daily: one kind of date, Weekly two; each before and after its table came into sight"
    covered = {
        (name, day) for row in rows for name in str(row[0]).split(SEPARATOR) for day in str(row[1]).split(SEPARATOR)
    }
    assert covered == {(name, str(day)) for name in KNOWN.by_name for day in days}
    assert {str(row[1]) for row in rows if row[0] == "Daily" and row not in ahead} >= set(map(str, days[:3]))


AT_ONCE = at(40, DAY)
"""When everything below became known."""
BOX: Parameters = {
    "processor_name": "Box",
    "expects": "per_game",
    "input_kind": "none",
    "file_is_output": False,
    "runs_on_no_game_days": False,
}
ENDED, GOES_ON = Span(AT_ONCE, AT_ONCE), Span(AT_ONCE)


@pytest.mark.parametrize(
    ("statuses", "failing"),
    [
        (("failed", "success"), [ENDED]),
        (("success", "failed"), [GOES_ON]),
        (("failed", "success") * 20, [ENDED] * 20),  # so many that a database no longer keeps their order by chance
    ],
)
def test_runs_known_at_one_moment_fail_in_the_order_of_their_starts(
    statuses: Sequence[str], failing: list[Span]
) -> None:
    rows = [
        (failed if status == "failed" else run)(str(number), start=30 + number / 10, inserted_at=AT_ONCE)
        | {"recorded": "", "hinted": ""}
        for number, status in enumerate(statuses)
    ]
    with closing(DuckDBEngine(None)) as engine, engine.write() as session:
        session.fill("processors", tuple(BOX), [tuple(BOX.values())])
        session.fill("runs", tuple(rows[0]), (tuple(row.values()) for row in rows))
        span: Parameters = {"first_date": DAY, "last_date": DAY, "as_of": END_OF_TIME, "names": ""}
        assert RunFacts.read(session, span).failing == {("Box", DAY): failing}
