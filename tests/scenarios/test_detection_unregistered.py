"""Who is not in the registry is judged by what can be seen of it: failures in a row, silence against its own rhythm."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.evidence.known import Seen
from bot.domain.evidence.observation import Observed, RunSeen, TableLoad
from bot.domain.evidence.runs import Category, Status
from bot.domain.findings.finding import FLEET
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.platform.registry import Processor, Registry
from tests.support.pipeline_notified import decisions

FIRST = datetime(2026, 9, 1, 6, tzinfo=UTC)
ERROR, NO_DATA = Category.PROCESSING_ERROR, Category.NO_DATA_AVAILABLE


def run(name: str, at: datetime, category: Category | None = None, **changed: object) -> RunSeen:
    failed = category is not None
    status = Status.FAILED if failed else Status.SUCCESS
    end = at + timedelta(seconds=30)
    made = RunSeen(
        f"{name}{at:%d%H%M}",
        name,
        at.date(),
        at,
        end,
        status,
        category,
        None,
        None if failed else 5,
        30.0,
        1,
        "",
        None,
        end,
    )
    return made._replace(**changed)  # type: ignore[arg-type]


def nightly(name: str, days: int, *failing: int, category: Category = ERROR) -> Iterator[RunSeen]:
    for day in range(days):
        yield run(name, FIRST + timedelta(days=day), category if day in failing else None)


def every(minutes: int, days: int, but: tuple[datetime, datetime], name: str = "Poller") -> Iterator[RunSeen]:
    at = FIRST
    while at < FIRST + timedelta(days=days):
        if not but[0] <= at < but[1]:
            yield run(name, at)
        at += timedelta(minutes=minutes)


def announced(
    *runs: RunSeen,
    registry: Registry = Registry(timezone="UTC"),  # noqa: B008 (frozen)
    loads: Sequence[TableLoad] = (),
) -> list[Decision]:
    tables = {load.table: FIRST for load in loads}
    seen = Observed(tuple(runs), tuple(loads), (), (), (), Seen(tables=tables, calendar=False))
    last = max(each.known_at for each in runs) + timedelta(minutes=10)
    found = decisions(registry, seen, FIRST, last, timedelta(minutes=10))
    return [each for each in found if each.outcome is Outcome.ANNOUNCE]


def test_a_job_that_nobody_registered_is_announced_when_it_fails_three_nights_in_a_row() -> None:
    (said,) = announced(*nightly("NewlyDeployed", 12, 5, 6, 7, 8, 9))
    assert (said.finding.kind, said.finding.root, said.severity) == (
        Kind.REPEATED_FAILURE,
        "NewlyDeployed",
        Severity.P2,
    )
    assert said.at.date() == date(2026, 9, 8)
    assert "failed 3 times in a row since 06 Sep 06:00 UTC, for 3 data dates" in said.finding.explanation
    assert said.finding.failures == 3, "the card counts what the sentence counts, not the newest date alone"
    assert said.finding.explanation.endswith("Not in the registry: NewlyDeployed")


def test_a_row_of_unlike_failures_is_named_by_the_most_common() -> None:
    runs = [*nightly("Job", 12, 5, 6, 7)]
    runs[7] = runs[7]._replace(recorded=Category.TIMEOUT)
    (said,) = announced(*runs)
    assert "mostly with processing_error" in said.finding.explanation


@pytest.mark.parametrize(
    "runs",
    [
        list(nightly("Job", 12, 4, 6, 8)),
        list(nightly("Job", 12, 4, 5)),
        list(nightly("Job", 12, 4, 5, 6, 7, category=NO_DATA)),
        list(nightly("Job", 12, 4, 5, 6, category=Category.UPSTREAM_FAILURE)),
        [each._replace(trigger="backfill") for each in nightly("Job", 12, 4, 5, 6)],
    ],
    ids=["works between", "twice", "finds no data", "waits for its upstream", "a backfill"],
)
def test_what_is_no_row_of_its_own_failures_is_not(runs: list[RunSeen]) -> None:
    assert announced(*runs, *nightly("Other", 12)) == []


def test_a_registered_job_without_slots_or_table_is_judged_alike() -> None:
    registry = Registry(processors=(Processor(name="Job"),))
    (said,) = announced(*nightly("Job", 12, 5, 6, 7), registry=registry)
    assert "Not in the registry" not in said.finding.explanation


def test_a_poller_that_stops_is_announced_within_an_hour_and_once() -> None:
    stops = FIRST + timedelta(days=9)
    (said,) = announced(*every(10, 11, (stops, stops + timedelta(hours=20))))
    assert (said.finding.kind, said.finding.root) == (Kind.MISSING_RUN, "Poller")
    assert timedelta(minutes=30) <= said.at - stops <= timedelta(hours=1)
    assert "at this hour it usually runs again within 10 min" in said.finding.explanation


@pytest.mark.parametrize("hours", [0.4, 0.2])
def test_a_short_pause_of_a_poller_is_not(hours: float) -> None:
    stops = FIRST + timedelta(days=9)
    assert announced(*every(10, 11, (stops, stops + timedelta(hours=hours)))) == []


def test_a_job_that_has_another_name_from_one_run_to_the_next_is_not_silent() -> None:
    renamed = FIRST + timedelta(days=9, hours=5)
    old, new = every(60, 9, (renamed, renamed), "old"), every(60, 11, (FIRST, renamed), "new")
    runs = [
        *old,
        *every(60, 11, (renamed, FIRST + timedelta(days=11)), "old"),
        *every(60, 11, (renamed, renamed), "other"),
    ]
    assert announced(*runs, *new) == []
    assert [each.finding.root for each in announced(*runs)] == ["old"]


def test_a_pause_that_comes_every_night_is_usual() -> None:
    nights = [run for run in every(10, 12, (FIRST, FIRST)) if not 1 <= run.started_at.hour < 5]
    assert announced(*nights) == []


def test_a_week_of_history_says_nothing_of_what_is_usual() -> None:
    stops = FIRST + timedelta(days=5)
    assert announced(*every(10, 6, (stops, stops + timedelta(hours=10)))) == []


def test_where_a_recorded_history_ends_nobody_is_silent() -> None:
    midnight = FIRST.replace(hour=0) + timedelta(days=9)
    polls = [run._replace(trigger="poll") for run in every(10, 10, (midnight, midnight + timedelta(days=9)))]
    last = run("Nightly", midnight + timedelta(hours=6), data_date=(midnight - timedelta(days=1)).date())
    assert announced(*polls, last) == []


@pytest.mark.parametrize("others", [{}, {"Other": 30}, {"Nightly": 24 * 60}, {"Other": 30, "Nightly": 24 * 60}])
def test_pollers_too_few_for_a_fleet_are_silent_each_by_itself_though_nothing_else_begins(
    others: dict[str, int],
) -> None:
    stops, resumes = FIRST + timedelta(days=9, minutes=5), FIRST + timedelta(days=9, hours=20)
    rest = [run for name, minutes in others.items() for run in every(minutes, 11, (stops, resumes), name)]
    said = {each.finding.root: each.at for each in announced(*every(10, 11, (stops, resumes)), *rest)}
    pollers = {"Poller", *others} - {"Nightly"}
    assert said.keys() >= pollers
    assert max(said[name] for name in pollers) <= stops + timedelta(minutes=90)
    assert FLEET not in said
