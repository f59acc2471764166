"""stale_table: what nothing else explains, a table without a schedule that is not loaded any more."""

from collections.abc import Iterable
from datetime import date, timedelta

from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.finding import RootCause
from bot.domain.findings.severity import Severity
from tests.support.pipeline_days import DAY
from tests.support.pipeline_notified import Facts, facts, messages, the_one
from tests.support.pipeline_troubles import Incident


class Unscheduled(Incident):
    """Shots has no slots: only the age of its table tells that it does not come any more."""

    def __init__(self, hours: float, *, off: Iterable[date] = ()) -> None:
        super().__init__(off=off)
        self.amend("Shots", schedule_hours_et=(), freshness_hours=hours)

    def ceases(self) -> None:
        for key in [key for key in self.runs if key[0] == "Shots" and key[1] >= DAY]:
            self.runs[key], self.loads[key] = [], []


def test_a_table_past_its_freshness_is_reported_once_data_was_due() -> None:
    days = Unscheduled(30)
    days.ceases()
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.STALE_TABLE, ("Shots",), RootCause.STALE_DATA, Severity.P2, "investigate", frozenset()
    )
    assert told.finding.data_date == DAY
    last = max(load.known_at for (name, _), loads in days.loads.items() if name == "Shots" for load in loads)
    assert timedelta(0) <= told.at - last - timedelta(hours=30) <= timedelta(minutes=20)
    assert "data.shots was last loaded 30 hours ago (limit 30)" in told.finding.explanation


def test_a_table_within_its_freshness_is_not_stale() -> None:
    days = Unscheduled(80)
    days.ceases()
    assert messages(days) == []


def test_a_table_is_not_stale_while_no_data_is_due() -> None:
    days = Unscheduled(30, off=[DAY + timedelta(days=n) for n in range(3)])
    days.ceases()
    assert messages(days) == []


def test_a_table_that_is_loaded_stays_fresh() -> None:
    assert messages(Unscheduled(30)) == []


def test_a_loss_that_has_a_name_of_its_own_is_not_called_stale_too() -> None:
    days = Incident()
    days.amend("PlayByPlay", freshness_hours=20.0)
    days.finds_nothing("PlayByPlay")
    kinds = {told.finding.kind for told in messages(days, ahead=1)}
    assert kinds == {Kind.ZERO_RECORDS_PROCESSOR}
