"""The impact service over a warehouse: which date, which evidence, and the command line's forms of the answer."""

import csv
import json
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.impact import Form, ImpactQuestion, answer_impact, question_of
from bot.domain.errors import BadInput
from bot.domain.evidence.freshness import Staleness
from bot.domain.impact.deadlines import Basis
from bot.domain.impact.report import ImpactRequest
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.slo import ServiceLevels
from bot.domain.verdicts.judge import Verdict
from bot.domain.verdicts.sampling import Plan
from bot.domain.verdicts.validation import ValidationRequest
from bot.services.health import HealthService
from bot.services.impact import ImpactService
from bot.services.sampling import SamplingService
from bot.services.validation import ValidationService
from bot.views import impact_words
from tests.support.builders import DAY, PROCESSORS, World, game, load, loaded, raw_file, registry, run, warehouse

NOW = datetime(2026, 1, 16, 9, 0, tzinfo=UTC)
DEADLINES = {"Box": "03:00 ET", "Summary": "05:00 ET"}
PIPELINE = [
    {**entry, "sla_completion_time": DEADLINES.get(str(entry["name"]))}
    for entry in [*PROCESSORS, {"name": "Gone", "phase": 4, "dependencies": ["Box"]}]
]
WORLD = World(
    [
        run("long-ago", start=30, day=DAY - timedelta(days=40)),
        run("box", start=30, duration_seconds=90.0),
        run("summary", "Summary", start=33, day=DAY - timedelta(days=1), duration_seconds=120.0),
    ],
    [loaded(table, day=DAY - timedelta(days=1)) for table in ("raw.box", "an.summary")],
    [raw_file()],
    [game()],
    processors=PIPELINE,
)
QUESTION = ImpactQuestion("Box", str(DAY), Form.TABLE, 120, colour=False, everything=False)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> ImpactService:
    into, known = warehouse(), registry(PIPELINE)
    load(into, WORLD.write(tmp_path_factory.mktemp("data")), PIPELINE)
    return ImpactService(into, known, HealthService(into, known, ServiceLevels(())))


def test_evidence_and_durations_come_from_the_warehouse(service: ImpactService) -> None:
    found = service.of(ImpactRequest("box", DAY), NOW)
    assert (found.subject.processor.name, found.subject.staleness) == ("Box", Staleness.NO_DATA)
    assert [(item.processor, item.last_run) for item in found.retired] == [("Gone", None)]
    [summary] = found.dependents
    assert summary.deadline is not None
    assert summary.deadline.due_at == datetime(2026, 1, 16, 10, tzinfo=UTC)
    steps = summary.deadline.critical_path
    assert [(step.processor, step.pace.basis) for step in steps] == [("Box", Basis.OWN), ("Summary", Basis.OWN)]
    assert [step.pace.seconds for step in steps] == [pytest.approx(90, rel=0.01), pytest.approx(120, rel=0.01)]
    assert [late.processor for late in found.breached] == ["Box"]


def test_the_newest_date_with_a_slot_unless_told_otherwise(service: ImpactService) -> None:
    assert service.of(ImpactRequest("Box"), NOW).data_date == DAY
    assert service.of(ImpactRequest("Daily"), NOW).data_date == DAY
    assert service.of(ImpactRequest("Daily"), NOW + timedelta(hours=4)).data_date == DAY + timedelta(days=1)


def test_what_a_reader_must_know(service: ImpactService) -> None:
    later = service.of(ImpactRequest("Box"), NOW + timedelta(days=90))
    assert any(note.startswith("No new data since ") for note in later.notes)
    beyond = service.of(ImpactRequest("Box", date(2030, 1, 1)), NOW)
    assert any("2030-01-01 is unknown" in note for note in beyond.notes)
    assert {item.staleness for item in beyond.dependents} == {Staleness.UNKNOWN}


def test_a_deadline_that_was_met_is_not_missed_when_the_data_is_lost_again(tmp_path: Path) -> None:
    """Box had its rows at 07:00 for 03:00 ET (08:00 UTC); the table is emptied at 08:30. Summary never had any."""
    into, known = warehouse(), registry(PIPELINE)
    loads = [loaded(), loaded(rows=0, hours=32.5)]
    load(into, replace(WORLD, table_loads=loads).write(tmp_path), PIPELINE)
    service = ImpactService(into, known, HealthService(into, known, ServiceLevels(())))
    found = service.of(ImpactRequest("Box", DAY), NOW + timedelta(hours=2))
    assert found.subject.staleness is Staleness.NO_DATA
    assert [late.processor for late in found.breached] == ["Summary"]
    assert impact_words.deadline_lines(found) == [
        "Missed for 2026-01-15: Summary 60 min ago.",
        "Met for 2026-01-15, and lost again: Box 2.5 h ago.",
    ]


def test_of_a_date_before_the_history_nothing_is_known(service: ImpactService) -> None:
    found = service.of(ImpactRequest("Box", date(2025, 1, 1)), NOW)
    assert (found.subject.staleness, found.breached) == (Staleness.UNKNOWN, [])
    assert "Nothing is known of 2025-01-01: the run history begins 2025-12-07." in found.notes


def test_json(service: ImpactService) -> None:
    answer = json.loads(answer_impact(service, replace(QUESTION, form=Form.JSON), NOW))
    assert (answer["processor"], answer["data_date"], answer["as_of"]) == ("Box", "2026-01-15", "2026-01-16T09:00:00Z")
    assert answer["totals"] == {
        "dependents": 1,
        "stale": 0,
        "with_slot_to_come": 0,
        "by_criticality": {"unknown": 1},
    }
    [summary] = answer["dependents"]
    assert (summary["hops"], summary["stale"], summary["deadline"]["minutes_to_breach"]) == (1, False, 60.0)
    assert [step["processor"] for step in answer["next_deadline"]["critical_path"]] == ["Box", "Summary"]
    assert answer["upstream"] == [{"processor": "BoxScraper", "hops": 1}]
    assert answer["retired"] == [{"processor": "Gone", "last_run": None}]
    assert answer["breached"] == ["Box"]


def test_csv(service: ImpactService) -> None:
    text = answer_impact(service, replace(QUESTION, form=Form.CSV), NOW)
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["processor"], row["hops"], row["stale"], row["stale_reason"]) for row in rows] == [
        ("Box", "0", "yes", "no_data"),
        ("Summary", "1", "no", "fresh"),
        ("Gone", "", "", "retired"),
    ]
    assert (rows[1]["critical_path"], rows[2]["last_run"]) == ("Box > Summary", "never")
    assert all(None not in row and None not in row.values() for row in rows)


def test_table_and_picture(service: ImpactService) -> None:
    shown = answer_impact(service, QUESTION, NOW)
    assert "Summary" in shown
    assert "in 60 min" in shown
    assert "Left out as retired, no run in 30 days (last run): Gone (never seen)." in shown
    picture = b64decode(answer_impact(service, replace(QUESTION, form=Form.PICTURE), NOW))
    assert picture.startswith(b"\x89PNG")


def test_mistakes(service: ImpactService) -> None:
    with pytest.raises(BadInput, match="Did you mean Box"):
        service.of(ImpactRequest("Bux"), NOW)
    with pytest.raises(BadInput, match="is not a date"):
        answer_impact(service, replace(QUESTION, date="soon"), NOW)
    with pytest.raises(TypeError):
        question_of({"processor": "Box", "of_another_version": 1})
    with pytest.raises(ValueError, match="other"):
        answer_impact(service, replace(QUESTION, form="other"), NOW)


def test_a_processor_that_ran_unregistered_is_answered_for_as_far_as_it_is_known(tmp_path: Path) -> None:
    into, known = warehouse(), registry(PIPELINE)
    zero = run("z", "Gamma", start=31, records_processed=0)
    load(into, World([run("a"), run("g", "Gamma"), zero], processors=PIPELINE).write(tmp_path), PIPELINE)
    health = HealthService(into, known, ServiceLevels(()))
    impacts = ImpactService(into, known, health)
    validation = ValidationService(into, known, health, AcceptedLosses())
    sampling = SamplingService(into, known, health, Plan())
    for name in ("Gamma", "gamm"):
        found = impacts.of(ImpactRequest(name), NOW)
        headline = impact_words.headline(found)
        assert headline == "What depends on Gamma is unknown: it is not in the registry."
        assert found.notes[0].startswith("Gamma ran, but is not in the registry: what depends on it is unknown. Add it")
        dates = validation.of(ValidationRequest(processor=name, first=DAY, last=DAY + timedelta(days=1)), NOW)
        assert {row.data_date: row.verdict for row in dates.rows} == {
            DAY: Verdict.OK,
            DAY + timedelta(days=1): Verdict.UNKNOWN,
        }
        assert dates.notes[0].startswith("Gamma ran, but is not in the registry: what is due is unknown. Add it")
        with pytest.raises(BadInput, match=r"Gamma ran, but .*: 1 run succeeded with 0 records, and whether data"):
            sampling.of(0, NOW, name)
    for ask in (lambda: impacts.of(ImpactRequest("Delta"), NOW), lambda: sampling.of(0, NOW, "Delta")):
        with pytest.raises(BadInput, match="There is no processor 'Delta'"):
            ask()
