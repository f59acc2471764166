"""A date whose data was due, was judged and is not there colours health, and is named; once, however it is known."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.evidence.runs import Status
from bot.domain.findings.severity import Severity
from bot.domain.findings.words import short_days
from bot.domain.health.missing import LossRules, MissingDate
from bot.domain.health.model import Colour, DatesWithout, DueDates, HealthReport, HealthRequest
from bot.domain.health.notified import Notified
from bot.domain.platform.accepted_losses import AcceptedLoss, AcceptedLosses
from bot.domain.platform.registry import Registry
from bot.domain.slo import ServiceLevels
from bot.services.health import HealthService
from bot.views import health_words
from tests.support.builders import World, load, loaded, registry, run, warehouse
from tests.support.health_reports import AS_OF, ran, report
from tests.support.notices import incident

DAY = date(2026, 1, 19)
KNOWN = Registry.model_validate(
    {
        "processors": [
            {"name": "Box", "phase": 2, "criticality": "CRITICAL"},
            {"name": "Plain", "phase": 2, "criticality": "LOW"},
            {"name": "Summary", "phase": 3, "criticality": "HIGH", "dependencies": ["Box"]},
        ]
    }
)
WELL = [ran(name, 50, registry=KNOWN) for name in ("Box", "Plain", "Summary")]


def missing(name: str, hours: float = 3, day: date = DAY) -> MissingDate:
    return MissingDate(name, day, AS_OF - timedelta(hours=hours))


def told(*absent: MissingDate, losses: LossRules | None = None, known: Notified | None = None) -> HealthReport:
    return report(WELL, registry=KNOWN, day=WELL, missing=absent, losses=losses or LossRules(), told=known)


def reasons(made: HealthReport) -> list[tuple[str, str]]:
    return [(reason.name, reason.text) for reason in made.reasons]


def test_missing_dates_are_named_the_newest_first() -> None:
    made = told(missing("Plain", day=date(2026, 1, 17)), missing("Plain"), missing("Box"))
    assert made.overall is Colour.YELLOW
    assert reasons(made) == [("dates_missing", "3 dates due have no data: Box 19 Jan, Plain (19 Jan, 17 Jan).")], (
        "once, not for each row"
    )
    assert {row.name: row.status for row in made.processors}["Plain"] is Colour.YELLOW
    assert {row.name: row.status for row in made.processors}["Summary"] is Colour.GREEN


def test_a_loss_that_is_p0_by_the_policy_is_red_and_what_it_blocks_is_part_of_it() -> None:
    made = told(missing("Box", 25), missing("Summary", 25), missing("Plain", 90))
    assert made.overall is Colour.RED
    why = "P0: data of a CRITICAL or HIGH processor has been lost for more than 24 h."
    assert reasons(made) == [
        ("dates_missing", f"1 date due has no data: Box 19 Jan. {why}"),
        ("dates_missing", "2 dates due have no data: Plain 19 Jan, Summary 19 Jan."),
    ]


def test_what_an_open_incident_says_and_what_is_accepted_is_not_said_again() -> None:
    open_ = incident(processors=("Box",), impact=("Summary",), data_dates=(DAY,))
    known = told(missing("Box", 25), missing("Summary", 25), known=Notified(open=(open_,)))
    assert [name for name, _ in reasons(known)] == ["open_p0"]
    accepted = AcceptedLosses((AcceptedLoss(processor="Box", first=DAY, last=DAY, reason="gone"),))
    assert told(missing("Box", 25), losses=LossRules(accepted)).overall is Colour.GREEN


def test_a_count_that_leaves_out_the_dates_of_an_incident_says_so() -> None:
    open_ = incident(processors=("Box",), data_dates=(DAY,), severity=Severity.P1)
    other = missing("Plain", day=date(2026, 1, 17))
    made = told(missing("Box"), missing("Plain"), other, known=Notified(open=(open_,)))
    assert reasons(made)[-1][1] == ("2 dates due have no data and are in no open P0 or P1: Plain (19 Jan, 17 Jan).")
    alone = told(missing("Box"), other, known=Notified(open=(open_,)))
    assert reasons(alone)[-1][1] == "1 date due has no data and is in no open P0 or P1: Plain 17 Jan."


def test_the_count_of_dates_says_where_those_are_that_no_reason_names() -> None:
    open_ = incident(processors=("Box",), impact=("Summary",), data_dates=(DAY,))
    accepted = AcceptedLosses((AcceptedLoss(processor="Plain", first=DAY, last=DAY, reason="gone"),))
    absent = [missing("Box"), missing("Summary"), missing("Plain"), missing("Plain", day=date(2026, 1, 17))]
    made = told(*absent, losses=LossRules(accepted), known=Notified(open=(open_,)))
    assert made.without == DatesWithout(named=1, in_incidents=2, accepted=1)
    rows = (replace(made.processors[0], due=DueDates("Box", 40, 36)),)
    assert health_words.completeness(replace(made, processors=rows)) == (
        "36 of 40 dates due have their data (90.0%); the others: 1 named above, 2 in open incidents, 1 accepted as lost"
    )


def test_a_date_of_an_incident_that_is_no_reason_counts_where_it_is() -> None:
    minor = incident(processors=("Plain",), impact=(), data_dates=(DAY,), severity=Severity.P2)
    made = told(missing("Plain"), missing("Plain", day=date(2026, 1, 17)), known=Notified(open=(minor,)))
    assert made.without == DatesWithout(named=1, in_incidents=1)
    assert reasons(made) == [("dates_missing", "2 dates due have no data: Plain (19 Jan, 17 Jan).")]


def test_the_dates_that_a_row_lacks_are_counted_once() -> None:
    absent = [missing("Box", day=date(2026, 1, day)) for day in (18, 19)]
    made = report(
        [ran("Box", 4, Status.FAILED, registry=KNOWN)], registry=KNOWN, missing=absent, due=[DueDates("Box", 2, 0)]
    )
    (row,) = (row for row in made.processors if row.name == "Box")
    assert [each.text for each in row.findings] == [
        "Box: 2 dates due have no data: 19 Jan, 18 Jan.",
        "Box: nothing succeeded.",
    ]
    assert "phase 2: nothing succeeded." in [each.text for each in made.phases[0].findings]


def test_a_loss_that_makes_the_whole_red_says_so_in_its_row() -> None:
    made = told(missing("Box", 25), missing("Plain"))
    assert made.overall is Colour.RED
    why = {row.name: health_words.why(row) for row in made.processors}
    assert (why["Box"], why["Plain"]) == ("data lost, P0", "data missing")


def test_a_row_that_is_not_well_has_its_reason_beside_it() -> None:
    open_ = incident(processors=("Box",), data_dates=(DAY,))
    made = told(missing("Box"), missing("Plain"), known=Notified(open=(open_,)))
    assert {row.name: health_words.why(row) for row in made.processors} == {
        "Box": "open P0 +1",
        "Plain": "data missing",
        "Summary": "",
    }


@pytest.mark.parametrize("as_of", [None, datetime(2026, 1, 20, 12, tzinfo=UTC)])
def test_a_recorded_loss_is_named_though_nothing_failed(as_of: datetime | None, tmp_path: Path) -> None:
    """Daily succeeds on each date; of one of them nothing came into its table."""
    dates = [date(2026, 1, day) for day in range(10, 20)]
    world = World(
        [run(f"d{day}", "Daily", start=13.1, day=day) for day in dates],
        [loaded("raw.daily", hours=13.11, day=day) for day in dates if day.day != 16],
    )
    opened = warehouse()
    load(opened, world.write(tmp_path))
    made = HealthService(opened, registry(), ServiceLevels(())).of(
        HealthRequest(processor="Daily", as_of=as_of), datetime(2026, 1, 20, 12, tzinfo=UTC)
    )
    assert (made.overall, reasons(made)) == (
        Colour.YELLOW,
        [("dates_missing", "1 date due has no data: Daily 16 Jan.")],
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([15], "15 Apr"),
        ([15, 14], "15 Apr, 14 Apr"),
        ([13, 15, 14], "13 to 15 Apr"),
        ([15, 12, 9, 2], "15 Apr, 12 Apr, 9 Apr and 1 more"),
    ],
)
def test_dates_of_one_processor_are_said_together(days: list[int], said: str) -> None:
    assert short_days(date(2026, 4, day) for day in days) == said


def test_dates_that_follow_each_other_over_the_end_of_a_month() -> None:
    assert short_days(date(2026, 3, 30) + timedelta(days=ago) for ago in range(4)) == "30 Mar to 2 Apr"
