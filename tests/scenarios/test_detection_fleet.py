"""All processors fall silent at once: one message, by slots or by rhythm; and what its hole has cost joins it."""

from datetime import timedelta

from bot.domain.evidence.observation import RunSeen, TableLoad
from bot.domain.findings.finding import FLEET
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.severity import Severity
from bot.domain.platform.registry import ExpectedRecords, Processor, Registry
from tests.scenarios.test_detection_unregistered import FIRST, announced, every, run

STOPS = FIRST + timedelta(days=9, minutes=5)
BACK = STOPS + timedelta(hours=13)
NAMES = ("orders", "clicks", "mails", "carts")
HOURLY = Registry(
    timezone="UTC",
    processors=tuple(
        Processor(name=name, schedule=("0 * * * *",), expected_records=ExpectedRecords(per_game=False))
        for name in NAMES
    ),
)


def test_hourly_jobs_that_stop_together_are_one_message_within_the_hour() -> None:
    runs = [run for name in NAMES for run in every(60, 12, (STOPS, BACK), name)]
    (said,) = announced(*runs, registry=HOURLY)
    assert (said.finding.kind, said.finding.root, said.severity) == (Kind.SOURCE_BLIND, FLEET, Severity.P1)
    assert set(said.finding.processors) == set(NAMES)
    first_missed = FIRST + timedelta(days=9, hours=1)
    assert timedelta() <= said.at - first_missed - timedelta(minutes=45) <= timedelta(minutes=10)


def test_a_slot_that_passed_in_that_time_is_part_of_it_when_it_is_missed_afterwards() -> None:
    back = (STOPS + timedelta(days=1)).replace(hour=0, minute=10)
    runs = [each for name in NAMES for each in every(60, 12, (STOPS, back), name)]
    runs += [run(name, back) for name in NAMES[1:]]
    runs += [run(name, back, data_date=STOPS.date(), run_id=f"again {name}") for name in NAMES]
    loads = [TableLoad(each.processor, each.data_date, 100, each.known_at) for each in runs]
    processors = tuple(each.model_copy(update={"bigquery_table": each.name}) for each in HOURLY.processors)
    (said,) = announced(*runs, registry=Registry(timezone="UTC", processors=processors), loads=loads)
    assert said.finding.root == FLEET


def test_rows_that_a_date_lacks_for_that_time_join_it_when_its_end_shows_them() -> None:
    runs = [run for name in NAMES for run in every(60, 10, (STOPS, BACK), name)]
    missed = 13

    def load(each: RunSeen) -> TableLoad:
        short = each.processor == NAMES[0] and each.started_at >= BACK and each.data_date == BACK.date()
        slots = each.started_at.hour + 1 - (missed if short else 0)
        return TableLoad(each.processor, each.data_date, 100 * slots, each.known_at)

    processors = tuple(each.model_copy(update={"bigquery_table": each.name}) for each in HOURLY.processors)
    registry = Registry(timezone="UTC", processors=processors)
    (said,) = announced(*runs, registry=registry, loads=[load(each) for each in runs])
    assert said.finding.root == FLEET


def test_where_one_goes_on_the_others_are_silent_by_themselves() -> None:
    runs = [run for name in NAMES[1:] for run in every(60, 10, (STOPS, BACK), name)]
    said = announced(*runs, *every(60, 10, (BACK, BACK), NAMES[0]), registry=HOURLY)
    assert FLEET not in {each.finding.root for each in said}
    assert {each.finding.kind for each in said} <= {Kind.MISSING_RUN, Kind.ALERT_STORM}


def test_without_slots_their_rhythm_tells() -> None:
    runs = [run for name in NAMES for run in every(10, 11, (STOPS, BACK), name)]
    (said,) = announced(*runs)
    assert (said.finding.kind, said.finding.root) == (Kind.SOURCE_BLIND, FLEET)
    assert said.at - STOPS <= timedelta(hours=1)


def test_a_job_is_missed_though_nothing_else_was_due_meanwhile() -> None:
    nightly = tuple(
        Processor(name=name, schedule=("0 6 * * *",), expected_records=ExpectedRecords(per_game=False))
        for name in ("mart", "export")
    )
    registry = Registry(timezone="UTC", processors=(HOURLY.processors[0], *nightly))
    runs = [run for one in nightly for run in every(24 * 60, 11, (BACK, BACK), one.name)]
    (said,) = announced(*runs, *every(60, 11, (STOPS, STOPS + timedelta(hours=5)), NAMES[0]), registry=registry)
    assert (said.finding.kind, said.finding.root) == (Kind.MISSING_RUN, NAMES[0])
    assert said.at - STOPS <= timedelta(hours=2, minutes=10)
