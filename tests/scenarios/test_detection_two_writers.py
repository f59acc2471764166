"""Two processors write one table: its rows tell of neither alone, and their runs do."""

from datetime import timedelta

from bot.domain.evidence.observation import RunSeen, TableLoad
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.platform.registry import ExpectedRecords, Processor, Registry
from tests.scenarios.test_detection_unregistered import FIRST, announced, every

MIDNIGHT = FIRST.replace(hour=0)
BOTH = Registry(
    timezone="UTC",
    processors=tuple(
        Processor(
            name=name,
            schedule=(f"0 {hour} * * *",),
            bigquery_table="t",
            expected_records=ExpectedRecords(per_game=False),
        )
        for name, hour in (("first", 6), ("second", 8))
    ),
)


def written(days_of_second: int) -> tuple[list[RunSeen], list[TableLoad]]:
    never = (FIRST, FIRST)
    runs = list(every(24 * 60, 14, never, "first"))
    runs += [
        run._replace(
            started_at=run.started_at + timedelta(hours=2),
            ended_at=run.started_at + timedelta(hours=2, seconds=30),
            known_at=run.known_at + timedelta(hours=2),
        )
        for run in every(24 * 60, days_of_second, never, "second")
    ]
    runs += every(60, 14, never, "other")
    loads = [
        TableLoad("t", run.data_date, 1000 if run.processor == "first" else 2000, run.known_at)
        for run in runs
        if run.processor != "other"
    ]
    return runs, loads


def test_what_one_has_brought_is_not_partial_while_the_other_is_to_come() -> None:
    runs, loads = written(14)
    assert announced(*runs, registry=BOTH, loads=loads) == []


def test_the_one_that_does_not_run_is_missing() -> None:
    runs, loads = written(12)
    said = announced(*runs, registry=BOTH, loads=loads)
    assert {(each.finding.kind, each.finding.root) for each in said} == {(Kind.MISSING_RUN, "second")}
