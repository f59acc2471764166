"""What people were told: how often, what is open, and which failed runs lie behind it."""

from datetime import timedelta

from bot.domain.evidence.runs import Category
from bot.domain.findings.finding import Family, FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.health.model import Colour, HealthReport, Window
from bot.domain.health.notified import Notified, notified_of
from bot.domain.health.report import Measured, Period, Scope, assess
from bot.domain.health.trends import FailedHour
from bot.domain.incidents.decisions import Outcome
from tests.support.gate_story import START
from tests.support.health_reports import AS_OF, REGISTRY, TARGETS, failed, ran
from tests.support.notices import CASCADE, RESOLVED, UPDATED, decision, incident

HOUR = timedelta(hours=1)
ROOT, BLOCKED = CASCADE.root, CASCADE.impact[0]


def hours(processor: str, *runs: int) -> list[FailedHour]:
    """Failed runs of each hour from START's on."""
    first = START.replace(minute=0)
    return [FailedHour(processor, 2, first + count * HOUR, number) for count, number in enumerate(runs)]


def health(told: Notified) -> HealthReport:
    counts = [ran("NbacGamebookProcessor", 99), failed("NbacGamebookProcessor", 1, Category.PROCESSING_ERROR)]
    counts += [ran("NbacScraper", 9), ran("NbacBoxscoreProcessor", 9), ran("TeamSummary", 9)]
    measured = Measured(Period(counts, ()), Period((), ()), (), hours("NbacGamebookProcessor", 1))
    return assess(measured, Scope(REGISTRY), TARGETS, Window.live(AS_OF, 7), told)


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
    )
    assert (told.sent, told.open) == (2, ())


def test_failed_runs_lie_behind_an_incident_from_its_beginning_to_its_end() -> None:
    over = notified_of([decision(), decision(Outcome.RESOLVE, RESOLVED)], [])
    everybody = {ROOT, BLOCKED, "Other"}
    failing = [*hours(ROOT, 5, 4, 3, 2, 1), *hours(BLOCKED, 10), *hours("Other", 100)]
    ended = 5 + 4 + (3 if RESOLVED.minute else 0)
    assert over.failures(failing, everybody) == ended + 10
    assert over.failures(failing, {"Other"}) == 0
    still_open = notified_of([decision()], [incident()])
    assert still_open.failures(failing, everybody) == 5 + 4 + 3 + 2 + 1 + 10
    before = [FailedHour(ROOT, 2, CASCADE.since.replace(minute=0) - HOUR, 7)]
    assert still_open.failures(before, everybody) == 0


def test_an_incident_of_before_the_span_counts_for_as_long_as_it_is_open() -> None:
    told = notified_of([], [incident(announced_at=START - 99 * HOUR, first_seen=START - 99 * HOUR)])
    assert told.sent == 0
    assert told.failures(hours(ROOT, 5, 4), {ROOT}) == 9


def test_what_is_slow_has_not_failed() -> None:
    slow = incident(kind=FindingKind.PERF_DEGRADATION, family=Family.SPEED, severity=Severity.P1)
    assert notified_of([], [slow]).failures(hours(ROOT, 5), {ROOT}) == 0


def test_an_open_p0_makes_the_whole_red_and_its_root_and_phase_yellow() -> None:
    report = health(notified_of([], [incident()]))
    assert (report.overall, report.reasons[0].name) == (Colour.RED, "open_p0")
    assert report.reasons[0].text == (
        f"NbacGamebookProcessor: P0 open since {START:%-d %b, %H:%M} UTC, upstream cascade."
    )
    assert len({finding.text for finding in report.reasons}) == len(report.reasons), "each reason once"
    colours = {row.name: row.status for row in (*report.phases, *report.processors)}
    assert colours["NbacGamebookProcessor"] is colours["phase 2"] is Colour.YELLOW
    assert colours["TeamSummary"] is colours["phase 3"] is Colour.GREEN
    assert report.noise.kept_quiet == 0


def test_an_open_p1_makes_yellow_and_less_than_that_nothing() -> None:
    report = health(notified_of([], [incident(severity=Severity.P1)]))
    assert (report.overall, report.reasons[0].name) == (Colour.YELLOW, "open_p1")
    calm = health(notified_of([], [incident(severity=Severity.P2), incident("I2", severity=Severity.P3)]))
    assert calm.overall is Colour.GREEN
    assert [each.severity for each in notified_of([], [incident(severity=Severity.P2), incident("I2")]).open] == [
        Severity.P0,
        Severity.P2,
    ], "worst first"


def test_a_storm_names_its_first_root_once() -> None:
    storm = incident(kind=FindingKind.ALERT_STORM, family=Family.STORM, processors=("NbacScraper", "TeamSummary"))
    report = health(notified_of([], [storm]))
    assert [finding.text for finding in report.reasons if finding.name == "open_p0"] == [
        f"NbacScraper and 1 more: P0 open since {START:%-d %b, %H:%M} UTC, alert storm."
    ]
