"""What people were notified of, what arrived of it, what is open; which real failures are in no incident, and why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.evidence.runs import Category, DateState, FailedRun, Input
from bot.domain.findings.finding import Family, FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.findings.words import short_day
from bot.domain.health.model import Colour, HealthReport, NoIncident
from bot.domain.health.noise import FailedGroup, sorted_out
from bot.domain.health.notified import Notified, in_shadow, notified_of
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.incidents.incident import MessageRef
from bot.views import health_words
from tests.support.gate_story import DAY, START
from tests.support.health_reports import AS_OF, failed, ran, report
from tests.support.notices import CASCADE, RESOLVED, UPDATED, decision, incident

HOUR = timedelta(hours=1)
ROOT, BLOCKED = CASCADE.root, CASCADE.impact[0]
EVERYBODY = {ROOT, BLOCKED, "Other"}
UNFILLED = DateState(expected=True, filled=False, judged=True)


def group(
    processor: str = ROOT,
    runs: int = 1,
    hour: int = 0,
    *,
    succeeded: int | None = None,
    why: Category = Category.PROCESSING_ERROR,
    state: DateState = UNFILLED,
) -> FailedGroup:
    """Runs that failed in the hour-th hour from START's on."""
    first = START.replace(minute=0)
    later = None if succeeded is None else first + succeeded * HOUR
    return FailedGroup(processor, DAY, first + hour * HOUR, FailedRun(why, None, Input.UNTRACED), state, later, runs)


def health(told: Notified, *failures: FailedGroup) -> HealthReport:
    counts = [ran(ROOT, 99), failed(ROOT, 1, Category.PROCESSING_ERROR)]
    counts += [ran("NbacScraper", 9), ran("NbacBoxscoreProcessor", 9), ran("TeamSummary", 9)]
    return report(counts, told=told, failures=failures, day=counts)


def test_announcements_and_updates_notify_and_neither_ends_nor_p3_do() -> None:
    told = notified_of(
        [
            decision(),
            decision(Outcome.UPDATE, UPDATED),
            decision(Outcome.RESOLVE, RESOLVED),
            decision(Outcome.JOIN, UPDATED),
            decision(severity=Severity.P3, incident="I2"),
        ],
        [],
        {"I1"},
    )
    assert (told.alerts(None, arrived=True), told.alerts(None, arrived=False), told.open) == (2, 0, ())


def test_what_did_not_arrive_is_not_counted_as_sent() -> None:
    late = incident(announced_at=AS_OF - HOUR)
    told = notified_of([decision(), decision(Outcome.UPDATE, UPDATED)], [late], set())
    assert (told.alerts(None, arrived=True), told.alerts(None, arrived=False)) == (0, 2)
    made = health(told)
    assert (made.noise.alerts, made.noise.undelivered) == (0, 2)
    assert "not_delivered" in {reason.name for reason in made.reasons}
    arrived = incident(announced_at=AS_OF - HOUR, message=MessageRef("C1", "1.5"))
    assert "not_delivered" not in {reason.name for reason in health(notified_of([], [arrived], {"I1"})).reasons}
    fresh = incident(announced_at=AS_OF)
    assert "not_delivered" not in {reason.name for reason in health(notified_of([], [fresh], set())).reasons}


def test_notifications_are_counted_in_the_scope_that_is_shown() -> None:
    told = notified_of([decision()], [incident()], {"I1"})
    assert [told.alerts({name}, arrived=True) for name in (ROOT, BLOCKED, "Other")] == [1, 1, 0]
    assert [len(told.about({name})) for name in (ROOT, BLOCKED, "Other")] == [1, 1, 0]


def test_real_failures_are_in_an_incident_from_its_beginning_to_its_end() -> None:
    over = notified_of([decision(), decision(Outcome.RESOLVE, RESOLVED)], [], set())
    failing = [group(runs=5), group(runs=4, hour=1), group(runs=2, hour=9), group(BLOCKED, 10), group("Other", 100)]
    assert sorted_out(failing, EVERYBODY, {}, over)[0] == 5 + 4 + 10
    assert sorted_out(failing, {"Other"}, {}, over)[0] == 0
    still_open = notified_of([decision()], [incident()], set())
    assert sorted_out(failing, EVERYBODY, {}, still_open)[0] == 5 + 4 + 2 + 10
    assert sorted_out([group(hour=-99)], EVERYBODY, {}, still_open)[0] == 0


def test_expected_failures_are_in_no_account_of_real_ones() -> None:
    believed = group(why=Category.NO_DATA_AVAILABLE, state=DateState(expected=False, filled=None, judged=True))
    assert sorted_out([believed], EVERYBODY, {}, notified_of([], [], set()))[:2] == (0, {})


QUIET = decision(Outcome.KEEP_QUIET, UPDATED)


@pytest.mark.parametrize(
    ("failure", "decisions", "why"),
    [
        (group(succeeded=2), [], NoIncident.REPAIRED),
        (group(hour=3, succeeded=2), [], NoIncident.FEW),
        (group(state=DateState(expected=True, filled=True, judged=True)), [], NoIncident.REPAIRED),
        (group(runs=2), [], NoIncident.FEW),
        (group(runs=3), [], NoIncident.UNEXPLAINED),
        (group(runs=3), [decision(Outcome.KEEP_QUIET, UPDATED)], NoIncident.SUPPRESSED),
        (group(runs=3), [decision(Outcome.HOLD, UPDATED)], NoIncident.HELD),
        (group(runs=3), [decision(at=UPDATED, severity=Severity.P3)], NoIncident.DIGEST),
    ],
)
def test_why_a_real_failure_is_in_no_incident(failure: FailedGroup, decisions: list[Decision], why: NoIncident) -> None:
    assert sorted_out([failure], EVERYBODY, {}, notified_of(decisions, [], set()))[:2] == (0, {why: failure.runs})


def test_a_real_failure_in_shadow_says_so() -> None:
    apart = replace(notified_of([], [], set()), shadow=in_shadow([incident(processors=(ROOT,))]))
    assert sorted_out([group(runs=3)], EVERYBODY, {}, apart)[1] == {NoIncident.SHADOW: 3}


def test_three_failures_of_two_hours_are_three_in_a_row() -> None:
    failing = [group(runs=2), group(runs=1, hour=1)]
    assert sorted_out(failing, EVERYBODY, {}, notified_of([], [], set())) == (
        0,
        {NoIncident.UNEXPLAINED: 3},
        (f"{ROOT} {short_day(DAY)}",),
    )


def test_what_was_before_fireline_watched_could_not_be_reported() -> None:
    told = notified_of([], [], set(), watched_since=START + HOUR)
    assert sorted_out([group(runs=3), group("Other", runs=4, hour=2)], EVERYBODY, {}, told) == (
        0,
        {NoIncident.EARLIER: 3, NoIncident.UNEXPLAINED: 4},
        (f"Other {short_day(DAY)}",),
    )
    said = health_words.real(health(told, group(runs=3), group("TeamSummary", runs=4, hour=2)))
    assert said is not None
    assert said.endswith(f"3 before Fireline watched, 4 neither repaired nor reported: TeamSummary {short_day(DAY)})")


def test_an_incident_of_before_the_span_counts_for_as_long_as_it_is_open() -> None:
    told = notified_of([], [incident(announced_at=START - 99 * HOUR, first_seen=START - 99 * HOUR)], set())
    assert told.alerts(None, arrived=False) == 0
    assert sorted_out([group(runs=5), group(runs=4, hour=1)], {ROOT}, {}, told)[0] == 9


def test_what_is_slow_has_not_failed() -> None:
    slow = incident(kind=FindingKind.PERF_DEGRADATION, family=Family.SPEED, severity=Severity.P1)
    assert sorted_out([group(runs=5)], {ROOT}, {}, notified_of([], [slow], set()))[0] == 0


def test_an_open_p0_makes_the_whole_red_and_its_root_and_phase_yellow() -> None:
    made = health(notified_of([], [incident()], {"I1"}))
    assert (made.overall, made.reasons[0].name) == (Colour.RED, "open_p0")
    assert made.reasons[0].text == f"INC-42 P0 {ROOT}: no data, 3 failed runs, opened {START:%-d %b, %H:%M} UTC."
    assert len({reason.text for reason in made.reasons}) == len(made.reasons), "each reason once"
    colours = {row.name: row.status for row in (*made.phases, *made.processors)}
    assert colours[ROOT] is colours["phase 2"] is Colour.YELLOW
    assert colours["TeamSummary"] is colours["phase 3"] is Colour.GREEN


def test_an_open_p1_makes_yellow_and_less_than_that_nothing() -> None:
    made = health(notified_of([], [incident(severity=Severity.P1)], {"I1"}))
    assert (made.overall, made.reasons[0].name) == (Colour.YELLOW, "open_p1")
    minor = [
        incident(severity=Severity.P2, message=MessageRef("C1", "1.5")),
        incident("I2", severity=Severity.P3),
    ]
    assert health(notified_of([], minor, {"I1"})).overall is Colour.GREEN
    told = notified_of([], [incident(severity=Severity.P2), incident("I2")], set())
    assert [each.severity for each in told.open] == [Severity.P0, Severity.P2], "worst first"


def test_a_storm_names_its_first_root_once() -> None:
    storm = incident(kind=FindingKind.ALERT_STORM, family=Family.STORM, processors=("NbacScraper", "TeamSummary"))
    made = health(notified_of([], [storm], {"I1"}))
    assert [reason.text for reason in made.reasons if reason.name == "open_p0"] == [
        f"INC-42 P0 {ROOT}: no data, 3 failed runs, opened {START:%-d %b, %H:%M} UTC."
    ]
