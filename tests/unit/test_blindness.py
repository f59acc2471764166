"""When a source counts as blind, and what is unknown because of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.blindness import Because, BlindnessPolicy, Sight, blindness
from bot.domain.detection.absence import Absences, source_findings
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.sources import Arrivals, Feed, SourcePlan, SourceStatus
from tests.support.builders import registry
from tests.support.gate_story import finding

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def status(name: str = "history", feed: Feed = Feed.RUNS, every: timedelta = MINUTE, **known: Any) -> SourceStatus:
    """Read well a minute ago, by a process that has watched it for a day."""
    facts = {"synced_at": NOON - MINUTE, "watched_since": NOON - timedelta(days=1), **known}
    return SourceStatus(SourcePlan(name, "sql", feed, every, timedelta()), NOON, **facts)


def failing(minutes: float, **known: Any) -> SourceStatus:
    since = NOON - minutes * MINUTE
    return status(**{"failing_since": since, "synced_at": since - MINUTE, "error": "refused.", **known})


def rhythm(gap: timedelta, *, days: int = 30, until: datetime = NOON) -> Arrivals:
    steps = int(timedelta(days=days) / gap)
    return Arrivals().including(until - gap * step for step in range(steps))


@pytest.mark.parametrize(
    ("every", "minutes", "blind"),
    [(MINUTE, 5, False), (MINUTE, 6, True), (10 * MINUTE, 29, False), (10 * MINUTE, 31, True)],
)
def test_a_source_that_fails_is_blind_after_five_minutes_or_three_intervals(
    every: timedelta, minutes: float, blind: bool
) -> None:
    found = blindness(failing(minutes, every=every))
    assert (found is not None) is blind


def test_it_is_blind_since_its_last_good_read_with_the_reason() -> None:
    found = blindness(failing(8))
    assert found is not None
    assert (found.because, found.since) == (Because.FAILING, NOON - 9 * MINUTE)
    assert found.text == "history cannot be read since 2026-03-10 11:51 UTC: refused"


def test_a_read_that_never_ends_is_blind_too_and_one_that_nobody_makes_is_not() -> None:
    hangs = status(synced_at=NOON - timedelta(hours=1))
    found = blindness(hangs)
    assert found is not None
    assert found.because is Because.UNANSWERED
    assert blindness(replace(hangs, watched_since=None)) is None, "no process reads it"
    assert blindness(replace(hangs, watched_since=NOON - MINUTE)) is None, "it has just begun to"


def test_the_figures_are_the_policys() -> None:
    patient = BlindnessPolicy(failing_for=timedelta(hours=1))
    assert blindness(failing(30), patient) is None


@pytest.mark.parametrize(
    ("gap", "silent_for", "blind"),
    [(1, 29, False), (1, 31, True), (20, 39, False), (20, 41, True), (120, 230, False), (120, 250, True)],
)
def test_a_source_is_silent_after_twice_what_is_usual_and_half_an_hour(gap: int, silent_for: int, blind: bool) -> None:
    newest = NOON - silent_for * MINUTE
    found = blindness(status(newest=newest, arrivals=rhythm(gap * MINUTE, until=newest)))
    assert (found is not None) is blind
    if found is not None:
        assert (found.because, found.since) == (Because.SILENT, newest)


def nights(until: datetime) -> Iterable[datetime]:
    """Rows every ten minutes from 06:00 to 22:00, none on Sundays."""
    for step in range(30 * 144):
        moment = until - 10 * MINUTE * step
        if 6 <= moment.hour < 22 and moment.weekday() != 6:
            yield moment


def test_a_quiet_night_and_a_quiet_sunday_are_usual() -> None:
    saturday = datetime(2026, 3, 7, 21, 50, tzinfo=UTC)
    sunday_night = saturday + timedelta(hours=30)
    quiet = replace(status(newest=saturday, arrivals=Arrivals().including(nights(saturday))), as_of=sunday_night)
    assert blindness(replace(quiet, synced_at=sunday_night)) is None
    tuesday = datetime(2026, 3, 10, 21, 50, tzinfo=UTC)
    morning = tuesday + timedelta(hours=17)
    late = replace(status(newest=tuesday, arrivals=Arrivals().including(nights(tuesday))), as_of=morning)
    assert blindness(replace(late, synced_at=morning)) is not None, "on a Tuesday it comes again at 06:00"


def test_nothing_is_usual_in_the_first_week_nor_of_a_calendar() -> None:
    newest = NOON - timedelta(hours=9)
    young = rhythm(MINUTE, days=5, until=newest)
    assert blindness(status(newest=newest, arrivals=young)) is None
    old = rhythm(MINUTE, until=newest)
    assert blindness(status(feed=Feed.GAME_SCHEDULE, newest=newest, arrivals=old)) is None


def test_arrivals_are_stored_as_text_and_rows_that_come_late_close_no_gap() -> None:
    known = rhythm(7 * MINUTE)
    assert Arrivals.of(known.text()) == known
    assert known.including([NOON - timedelta(days=2)]) == known
    assert min(known.gaps) * 3600 >= (NOON - timedelta(days=36)).timestamp()


BOX = {Feed.RUNS: frozenset({"Box"})}
BOTH = {Feed.RUNS: frozenset({"Box", "Daily"})}


def absent(root: str, kind: FindingKind = FindingKind.MISSING_RUN) -> Any:
    return finding(root, kind)


def held(sight: Sight, *roots: str, kind: FindingKind = FindingKind.MISSING_RUN) -> dict[str, int]:
    _, counted, _ = Absences(()).sorted_out([absent(root, kind) for root in roots], sight, registry(), NOON)
    return dict(counted)


def test_only_what_the_blind_source_alone_brings_is_affected() -> None:
    sight = Sight.of(
        [failing(9, name="a", brings=BOX), status("b", synced_at=NOON, brings={Feed.RUNS: frozenset({"Daily"})})]
    )
    assert held(sight, "Box", "Daily") == {"a": 1}
    assert held(sight, "Summary") == {"a": 1}, "nobody has brought it: it may come from any"
    shared = Sight.of([failing(9, name="a", brings=BOX), status("b", synced_at=NOON, brings=BOTH)])
    assert held(shared, "Box", "Daily") == {}


def test_failures_that_were_read_are_not_held() -> None:
    sight = Sight.of([failing(9, brings=BOX)])
    assert held(sight, "Box", kind=FindingKind.REPEATED_FAILURE) == {}
    assert held(sight, "Box", kind=FindingKind.STUCK_RUN) == {"history": 1}


def test_an_empty_table_waits_for_the_source_of_its_loads() -> None:
    runs = status("runs", synced_at=NOON, brings=BOX)
    loads = failing(9, name="loads", feed=Feed.TABLE_LOADS, brings={Feed.TABLE_LOADS: frozenset({"raw.box"})})
    zero = FindingKind.ZERO_RECORDS_PROCESSOR
    assert held(Sight.of([runs, loads]), "Box", kind=zero) == {"loads": 1}
    assert held(Sight.of([runs, loads]), "Box") == {}, "whether it ran is known"


def test_absence_counts_once_the_source_was_read_after_it() -> None:
    absences, trouble = Absences(()), absent("Box")
    hourly = status(every=timedelta(hours=1), synced_at=NOON - 20 * MINUTE, brings=BOX)
    assert absences.sorted_out([trouble], Sight.of([hourly]), registry(), NOON) == ([], {}, [trouble])
    later = Sight.of([replace(hourly, synced_at=NOON + MINUTE, as_of=NOON + 2 * MINUTE)])
    assert absences.sorted_out([trouble], later, registry(), NOON + 2 * MINUTE) == ([trouble], {}, [])
    blind = Sight.of([replace(failing(9, brings=BOX), as_of=NOON + timedelta(hours=1))])
    passed, *_ = absences.sorted_out([trouble], blind, registry(), NOON + timedelta(hours=1))
    assert passed == [trouble], "what was known before goes on"


def test_what_another_process_has_announced_goes_on_after_a_restart() -> None:
    trouble = absent("Box")
    sight = Sight.of([failing(9, brings=BOX)])
    assert Absences([trouble.fingerprint]).sorted_out([trouble], sight, registry(), NOON)[0] == [trouble]


def test_a_blind_source_is_one_p1_of_no_processor() -> None:
    (found,) = source_findings(Sight.of([failing(9)]), {"history": 12}, SeverityPolicy())
    assert (found.severity, found.action, found.root_cause) == (Severity.P1, "check_source", "infrastructure")
    assert (found.processors, found.root, found.held) == ((), "source history", 12)
