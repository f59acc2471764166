"""Validation over a warehouse: which dates, as of when, with which evidence; and the command line's answers."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.validate import ValidateQuestion, answer_validate, question_of
from bot.domain.errors import BadInput, StateUnavailable
from bot.domain.findings.severity import Severity
from bot.domain.health.notified import called
from bot.domain.incidents.incident import Incident
from bot.domain.platform.accepted_losses import AcceptedLoss, AcceptedLosses
from bot.domain.slo import ServiceLevels
from bot.domain.verdicts.judge import Action, Verdict
from bot.domain.verdicts.sampling import Plan
from bot.domain.verdicts.validation import Validated, ValidationRequest
from bot.ports.warehouse import Warehouse
from bot.services.health import HealthService
from bot.services.sampling import SamplingService
from bot.services.validation import ValidationService
from tests.support.builders import (
    DAY,
    PROCESSORS,
    World,
    at,
    failed,
    game,
    load,
    loaded,
    raw_file,
    registry,
    run,
    warehouse,
)
from tests.support.notices import incident

NEXT = DAY + timedelta(days=1)
NOW = datetime(2026, 1, 18, 12, tzinfo=UTC)
PIPELINE = [
    *({**one, "sla_completion_time": "05:00 ET"} if one["name"] == "Summary" else one for one in PROCESSORS),
    {"name": "Spare", "phase": 2, "table": "raw.spare", "fallback_for": "box", "sporadic": True},
]
BEFORE = [DAY - timedelta(days=back) for back in range(1, 9)]
WORLD = World(
    runs=[
        *(run(f"b{day}", start=30, day=day) for day in BEFORE),
        run("zero", records_processed=0, start=30),
        failed("summary", "Summary", category="upstream_failure", start=33),
        run("next", start=30, day=NEXT, records_processed=0),
        run("next-summary", "Summary", start=33, day=NEXT),
        run("daily", "Daily", start=14, day=NEXT),
        run("before", "Daily", start=14, day=BEFORE[0]),
    ],
    table_loads=[
        *(loaded(day=day, hours=30.01) for day in BEFORE),
        loaded(rows=60, day=NEXT, hours=30.01),
        loaded("an.summary", day=BEFORE[0], hours=33.01),
        loaded("an.summary", day=NEXT, hours=33.01),
        loaded("raw.spare", day=DAY),
    ],
    raw_files=[raw_file(day=NEXT), *(raw_file(day=day) for day in BEFORE)],
    game_schedule=[game(f"G{day}", day) for day in [*BEFORE, DAY, NEXT]],
    processors=PIPELINE,
)
QUESTION = ValidateQuestion(
    None, str(DAY), str(NEXT), None, sample=False, seed=0, everything=False, as_json=True, width=120, colour=False
)


def services(
    directory: Path, world: World = WORLD, accepted: AcceptedLosses | None = None
) -> tuple[ValidationService, SamplingService]:
    into, known = warehouse(), registry(world.processors)
    load(into, world.write(directory), world.processors)
    health = HealthService(into, known, ServiceLevels(()))
    validation = ValidationService(into, known, health, accepted or AcceptedLosses())
    return validation, SamplingService(into, known, health, Plan())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[ValidationService, SamplingService]:
    return services(tmp_path_factory.mktemp("data"))


@pytest.fixture
def service(made: tuple[ValidationService, SamplingService]) -> ValidationService:
    return made[0]


def of(service: ValidationService, name: str, day: date = DAY, now: datetime = NOW, **asked: Any) -> Validated:
    [row] = service.of(ValidationRequest(processor=name, first=day, last=day, **asked), now).rows
    return row


class Asked:
    """A warehouse that notes of whom runs were asked for."""

    def __init__(self, inner: Warehouse) -> None:
        self._inner, self.of = inner, list[set[str]]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def observed_dates(self, dates: Any, loads_from: date, as_of: datetime, of: Any = None) -> Any:
        self.of.append(set(of.processors))
        return self._inner.observed_dates(dates, loads_from, as_of, of)


def test_what_depends_on_a_processor_is_read_for_its_losses_alone(tmp_path: Path) -> None:
    """Thousands may depend on it: on a sound date none of them matters, and without a deadline none ever."""
    waits = [
        {"name": f"W{at}", "phase": 5, "table": f"an.w{at}", "dependencies": ["Box"], "schedule_hours_et": [30]}
        for at in range(20)
    ]
    processors = [*PIPELINE, *waits, {**waits[0], "name": "Due", "sla_completion_time": "07:00 ET"}]
    known, into = registry(processors), warehouse()
    load(into, WORLD.but(processors=processors).write(tmp_path), processors)
    asked = Asked(into)
    service = ValidationService(asked, known, HealthService(into, known, ServiceLevels(())), AcceptedLosses())
    assert of(service, "Box", BEFORE[0]).verdict is Verdict.OK
    assert [len(names) for names in asked.of] == [2], "Box and what can stand in"
    asked.of.clear()
    assert "Summary is due" in str(of(service, "Box", now=datetime(2026, 1, 16, 9, tzinfo=UTC)).hint)
    assert asked.of[1:] == [{"Summary", "Due"}]


def test_the_same_judge_on_evidence_from_the_warehouse(service: ValidationService) -> None:
    lost = of(service, "box")
    assert (lost.verdict, lost.action) == (Verdict.SCRAPER_FAILED, Action.USE_FALLBACK)
    assert "Spare has the date" in lost.judged.because
    summary = of(service, "Summary")
    assert (summary.verdict, summary.proof.upstream_empty) == (Verdict.UPSTREAM, ("raw.box",))
    assert (summary.proof.games, summary.proof.games_final) == (1, 1)
    part = of(service, "Box", NEXT)
    assert (part.verdict, part.proof.rows, str(part.proof.expected_rows)) == (Verdict.PARTIAL, 60, "about 100")
    assert part.proof.coverage == pytest.approx(0.6)
    assert of(service, "Daily").verdict is Verdict.MISSING_RUN
    assert of(service, "Plain").verdict is Verdict.UNKNOWN
    assert of(service, "Roster").verdict is Verdict.LEGITIMATE_ZERO


def test_only_what_was_known_then_counts(service: ValidationService) -> None:
    early = datetime(2026, 1, 16, 6, 5, tzinfo=UTC)
    row = of(service, "Box", as_of=early)
    assert (row.verdict, row.judged.until) == (Verdict.NOT_YET, datetime(2026, 1, 16, 6, 20, tzinfo=UTC))
    playing = datetime(2026, 1, 16, 2, tzinfo=UTC)
    assert (of(service, "Box", as_of=playing).proof.games_final, of(service, "Box").proof.games_final) == (0, 1)
    assert [slot.hour for slot in of(service, "Box", as_of=playing).proof.slots_left] == [6]


def test_a_game_that_has_not_ended_keeps_its_date_open(tmp_path: Path) -> None:
    late = {**game(), "final_utc": at(34)}
    open_, _ = services(tmp_path, WORLD.but(game_schedule=[*WORLD.game_schedule, late, game("G2")]))
    assert of(open_, "Box", as_of=datetime(2026, 1, 16, 8, tzinfo=UTC)).verdict is Verdict.NOT_YET
    assert of(open_, "Box").verdict is Verdict.SCRAPER_FAILED


def test_a_loss_that_is_no_longer_fresh_has_no_hint(service: ValidationService) -> None:
    assert of(service, "Box").hint is None
    fresh = of(service, "Box", as_of=datetime(2026, 1, 16, 9, tzinfo=UTC)).hint
    assert fresh == "offered at once because it blocks a deadline: Summary is due 2026-01-16 10:00 UTC"
    late = of(service, "Box", as_of=datetime(2026, 1, 17, 9, tzinfo=UTC)).hint
    assert late == "offered at once because it blocks a deadline: Summary was due 2026-01-16 10:00 UTC"
    assert of(service, "Daily", NEXT + timedelta(days=1)).hint == "may heal by itself within 24 to 48 h"


def test_the_last_two_dates_with_slots(service: ValidationService) -> None:
    found = service.of(ValidationRequest(), NOW)
    assert (found.first, found.last) == (DAY + timedelta(days=1), DAY + timedelta(days=2))
    assert len(found.rows) == 2 * len(PIPELINE)
    boxes = service.of(ValidationRequest(processor="Box"), datetime(2026, 1, 17, 5, tzinfo=UTC))
    assert (boxes.first, boxes.last) == (DAY - timedelta(days=1), DAY)


def test_a_recorded_history_is_answered_for_as_of_its_end(service: ValidationService) -> None:
    found = service.of(ValidationRequest(), NOW + timedelta(days=90))
    assert found.last < found.as_of.date()
    assert any(note.startswith("No new data since ") for note in found.notes)
    beyond = of(service, "Box", DAY + timedelta(days=30), NOW + timedelta(days=90))
    assert beyond.verdict is Verdict.UNKNOWN, "by now it has happened, and nobody knows how"


@pytest.mark.parametrize("count", [1, 7, 14])
def test_so_many_dates_end_with_the_newest_and_both_ends_count(service: ValidationService, count: int) -> None:
    """Also in the morning, when the newest is not today's."""
    newest = service.of(ValidationRequest(), NOW).last
    for moment in (NOW, datetime(2026, 1, 17, 5, 30, tzinfo=UTC)):
        found = service.of(ValidationRequest(processor="Box", newest=count), moment)
        assert (found.last - found.first).days + 1 == count == len({row.data_date for row in found.rows})
        assert found.last <= newest


def test_a_first_date_alone_goes_on_to_the_newest(service: ValidationService) -> None:
    newest = service.of(ValidationRequest(), NOW).last
    found = service.of(ValidationRequest(first=DAY), NOW)
    assert (found.first, found.last) == (DAY, newest)
    late = service.of(ValidationRequest(first=newest + timedelta(days=3)), NOW)
    assert (late.first, late.last) == (newest + timedelta(days=3), newest + timedelta(days=3))


def test_dates_beyond_what_is_known_name_what_is(service: ValidationService) -> None:
    known = "Known are the data dates 2026-01-0"
    for first, last in ((DAY - timedelta(days=60), DAY), (DAY, DAY + timedelta(days=30))):
        notes = service.of(ValidationRequest(first=first, last=last), NOW).notes
        assert len([note for note in notes if note.startswith(known)]) == 1
    assert not any(note.startswith(known) for note in service.of(ValidationRequest(), NOW).notes)


def test_dates_before_the_history(service: ValidationService) -> None:
    row = of(service, "Daily", DAY - timedelta(days=60))
    assert (row.verdict, "its record begins only at 2026-01-1" in row.judged.because) == (Verdict.UNKNOWN, True)


def test_a_slot_in_the_history_of_a_date_before_its_first_data_date(tmp_path: Path) -> None:
    """Exported by data date: the night's run for the day before is not in it, although it started later."""
    late = [{"name": "Late", "schedule_hours_et": [28.0], "expected_records": {"per_game": False}, "table": "l"}]
    days = [DAY + timedelta(days=ahead) for ahead in range(4)]
    rows = [run(f"{day}", "Late", start=33, day=day, phase=None) for day in days]
    early = [run(f"e{day}", "Early", start=1, day=day, phase=None) for day in days]
    held = warehouse()
    load(held, World([*rows, *early], processors=late).write(tmp_path), late)
    service = ValidationService(
        held, registry(late), HealthService(held, registry(late), ServiceLevels(())), AcceptedLosses(())
    )
    row = of(service, "Late", DAY - timedelta(days=1))
    assert row.verdict is Verdict.UNKNOWN
    assert "its record begins only at" in row.judged.because


def test_open_incidents_of_the_processor_on_other_dates_are_named(tmp_path: Path) -> None:
    opened = warehouse()
    load(opened, WORLD.write(tmp_path), PIPELINE)
    registered = registry(PIPELINE)
    health = HealthService(opened, registered, ServiceLevels(()))
    here, there = incident("I1", processors=("Box",), data_dates=(DAY,)), (BEFORE[0], DAY)
    grave = incident("I4", processors=("Box",), data_dates=there, severity=Severity.P0)
    told = [
        here,
        incident("I2", processors=("Box",), data_dates=there, number=7, severity=Severity.P1),
        incident("I3", processors=("Daily",)),
        grave,
    ]
    service = ValidationService(opened, registered, health, AcceptedLosses(()), lambda _: told)
    notes = service.of(ValidationRequest(processor="Box", first=DAY, last=DAY), NOW).notes
    assert [note for note in notes if "INC-" in note] == [
        f"Open also for 14 Jan: {called(each)}." for each in (grave, told[1])
    ], "the gravest first"

    def gone(_at: datetime | None) -> list[Incident]:
        raise StateUnavailable("the database does not answer")

    silent = ValidationService(opened, registered, health, AcceptedLosses(()), gone)
    notes = silent.of(ValidationRequest(processor="Box", first=DAY, last=DAY), NOW).notes
    assert "Open incidents are not known: the database does not answer" in notes


def test_as_of_a_moment_the_incidents_of_then_are_named(tmp_path: Path) -> None:
    opened, registered, asked = warehouse(), registry(PIPELINE), list[datetime | None]()
    load(opened, WORLD.write(tmp_path), PIPELINE)
    health = HealthService(opened, registered, ServiceLevels(()))
    told = incident("I2", processors=("Box",), data_dates=(BEFORE[0],))

    def then(at: datetime | None) -> list[Incident]:
        asked.append(at)
        return [] if at is not None else [told]

    service = ValidationService(opened, registered, health, AcceptedLosses(()), then)
    past = datetime(2026, 1, 16, 12, tzinfo=UTC)
    notes = [service.of(ValidationRequest(first=DAY, last=DAY, as_of=at), NOW).notes for at in (past, None)]
    assert asked == [past, None]
    assert ["Open also" in " ".join(each) for each in notes] == [False, True]


def test_an_accepted_loss(tmp_path: Path) -> None:
    loss = AcceptedLoss(processor="Box", first=DAY, last=DAY, reason="gone at the source")
    accepting, _ = services(tmp_path, accepted=AcceptedLosses((loss,)))
    assert of(accepting, "Box").verdict is Verdict.DATA_GONE
    assert of(accepting, "Box", NEXT).verdict is Verdict.PARTIAL


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [("table_loads", "table loads"), ("raw_files", "raw files"), ("game_schedule", "games")],
)
def test_files_of_evidence_that_are_missing(tmp_path: Path, kind: str, lacking: str) -> None:
    without, _ = services(tmp_path, WORLD.but(**{kind: []}))
    found = without.of(ValidationRequest(first=DAY, last=NEXT), NOW)
    assert any(lacking in note for note in found.notes)
    assert {row.verdict for row in found.rows} & {Verdict.UNKNOWN, Verdict.MISSING_RUN}
    assert all(row.judged.because for row in found.rows)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"processor": "Bux"}, "Did you mean Box"),
        ({"first": NEXT, "last": DAY}, "Write the earlier date first"),
        ({"first": date(2025, 1, 1), "last": DAY}, "at most 92"),
        ({"as_of": NOW + timedelta(hours=1)}, "lies ahead"),
    ],
)
def test_what_makes_no_sense(service: ValidationService, asked: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        service.of(ValidationRequest(**asked), NOW)


def test_json(made: tuple[ValidationService, SamplingService]) -> None:
    answer = json.loads(answer_validate(*made, QUESTION, NOW))
    assert (answer["from"], answer["to"], len(answer["rows"])) == ("2026-01-15", "2026-01-16", 16)
    fields = {"processor", "data_date", "verdict", "action", "confidence", "evidence"}
    assert all(set(row) == fields for row in answer["rows"])
    row = next(row for row in answer["rows"] if row["processor"] == "Box" and row["data_date"] == "2026-01-15")
    assert (row["verdict"], row["action"], row["confidence"]) == ("scraper_failed", "use_fallback", 1.0)
    assert row["evidence"]["rows"] == 0
    assert "Spare has the date" in row["evidence"]["because"]
    assert (row["evidence"]["wait_until"], row["evidence"]["hint"]) == (None, None)
    assert row["evidence"]["runs"] == {"success": {"runs": 1, "records": 0}}
    assert row["evidence"]["games"] == {"scheduled": 1, "final": 1}
    assert set(row["evidence"]["sources"].values()) == {"agrees"}
    worst = [row["verdict"] for row in answer["rows"]]
    assert worst.index("missing_run") < worst.index("upstream") < worst.index("off_day" if "off_day" in worst else "ok")


@pytest.mark.parametrize("width", [60, 120, 220])
def test_table(made: tuple[ValidationService, SamplingService], width: int) -> None:
    shown = answer_validate(*made, replace(QUESTION, as_json=False, width=width), NOW)
    assert "need a look." in shown
    assert max(map(len, shown.splitlines())) <= width
    everything = answer_validate(*made, replace(QUESTION, as_json=False, width=width, everything=True), NOW)
    assert len(everything) > len(shown)


def test_sample(made: tuple[ValidationService, SamplingService]) -> None:
    sampled = replace(QUESTION, sample=True, first=None, last=None)
    answer = json.loads(answer_validate(*made, sampled, NOW))
    assert (answer["suspicious_runs"], answer["processors"], answer["seed"]) == (2, ["Box"], 0)
    assert answer["verdicts"] == {"scraper_failed": 1, "tracking_bug": 1}
    assert answer["false_positive_rate"]["value"] == 0.5
    told = answer_validate(*made, replace(sampled, as_json=False, seed=7), NOW)
    assert "(seed 7)" in told
    assert "False positives (the data is there): 50.0%; every date was checked." in told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"sample": True}, "Leave out --from, --to and --as-of"),
        ({"first": "soon"}, "'soon' is not a date"),
    ],
)
def test_mistakes(made: tuple[ValidationService, SamplingService], changed: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        answer_validate(*made, replace(QUESTION, **changed), NOW)


def test_a_sample_of_nothing_is_an_answer(made: tuple[ValidationService, SamplingService]) -> None:
    asked = replace(QUESTION, sample=True, first=None, last=None, processor="Daily")
    assert "nothing suspicious to check" in answer_validate(*made, replace(asked, as_json=False), NOW)
    assert json.loads(answer_validate(*made, asked, NOW))["suspicious_runs"] == 0


def test_a_span_that_names_no_end_goes_on_to_today(made: tuple[ValidationService, SamplingService]) -> None:
    def dates(first: str) -> list[str]:
        asked = replace(QUESTION, first=first, last=None, everything=True)
        return sorted({row["data_date"] for row in json.loads(answer_validate(*made, asked, NOW))["rows"]})

    assert dates("2026-01-16") == dates("since 2026-01-16") == dates("2026-01-16..") == dates("2d")
    assert dates("3d") == ["2026-01-15", "2026-01-16", "2026-01-17"], "three dates, the newest among them"


def test_a_question_of_another_version() -> None:
    with pytest.raises(TypeError):
        question_of({"processor": "Box"})


@pytest.mark.parametrize("per_game", [False, True])
def test_games_are_missed_only_where_something_asks_them(tmp_path: Path, per_game: bool) -> None:
    pipeline = [{"name": "Shop", "schedule": "0 2 * * *", "table": "shop.orders", "per_game": per_game}]
    into = warehouse()
    report = load(into, World([run("a", "Shop")], [loaded("shop.orders")]).write(tmp_path), pipeline)
    assert any(each.startswith("no game_schedule") for each in report.warnings) is per_game
    known = registry(pipeline)
    service = ValidationService(into, known, HealthService(into, known, ServiceLevels(())), AcceptedLosses())
    answer = service.of(ValidationRequest(), NOW)
    assert any(each.startswith("There are no raw files and no games") for each in answer.notes) is per_game
