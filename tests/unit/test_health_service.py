"""The health service: which window is answered for, what a reader must know about it, and what cannot be asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import BadInput, StateUnavailable
from bot.domain.health.model import Colour, HealthReport, HealthRequest, Window
from bot.domain.health.noise import FailedGroup
from bot.domain.health.notified import Notified, NotifiedSpan, Sent
from bot.domain.slo import ServiceLevel, ServiceLevels
from bot.services.health import HealthService
from bot.views import health_words
from tests.support.builders import PROCESSORS, World, at, failed, game, load, loaded, raw_file, registry, run, warehouse
from tests.support.notices import incident

LEVELS = ServiceLevels((ServiceLevel(2, 0.95), ServiceLevel(3, 0.99)))
END = datetime(2026, 1, 16, 9, 0, tzinfo=UTC)
WORLD = World(
    [
        *(run(f"ok{number}", start=30 + number / 10) for number in range(8)),
        failed("noise", "Poller", "no_data_available", start=26),
        failed("fault", start=30, category="error"),
        failed("odd", start=30, text="something odd"),
        failed("upstream", "Summary", "dependency_missing", start=31),
        run("skip", "Daily", status="skipped"),
        run("going", "Daily", status="running", completed_at=None, inserted_at=datetime(2026, 1, 16, 9)),  # noqa: DTZ001
        run("new", "Newcomer", phase=7),
    ],
    [loaded()],
    [raw_file(hours=29)],
    [game()],
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> HealthService:
    into = warehouse()
    load(into, WORLD.write(tmp_path_factory.mktemp("data")))
    return HealthService(into, registry(), LEVELS)


def rows(report: HealthReport) -> dict[str, tuple[int, ...]]:
    """runs, succeeded, skipped, expected, real, unknown of each processor that ran."""
    tallies = {row.name: row.tally for row in report.processors}
    return {
        name: (tally.runs, tally.succeeded, tally.skipped, tally.expected, tally.real, tally.unknown)
        for name, tally in tallies.items()
        if tally.runs
    }


def test_every_run_is_counted_once_where_it_belongs(service: HealthService) -> None:
    report = service.of(HealthRequest(as_of=END + timedelta(hours=1)), END)
    assert rows(report) == {
        "Box": (10, 8, 0, 0, 2, 0),
        "Poller": (1, 0, 0, 1, 0, 0),
        "Summary": (1, 0, 0, 0, 1, 0),
        "Daily": (2, 0, 1, 0, 0, 0),
        "Newcomer": (1, 1, 0, 0, 0, 0),
    }
    assert (report.noise.raw_failures, report.noise.kept_quiet, report.noise.real) == (4, 1, 3)
    assert (report.noise.in_incidents, report.open) == (None, None), "nobody notifies here"
    assert report.warnings[0] == "Newcomer ran but is not in the registry."
    assert [row.phase for row in report.phases] == [1, 2, 3, 4]
    assert next(row.phase for row in report.processors if row.name == "Newcomer") is None, "in no phase of the registry"


def test_a_baseline_has_the_evidence_that_a_window_has(tmp_path: Path) -> None:
    """Failures without words are told apart by it: in the baseline each of them counted as unexplained."""
    into = warehouse()
    load(into, WORLD.write(tmp_path))
    before = Window.live(END + timedelta(days=9), 7).baseline()
    found = into.health_counts(before)
    assert any(each.state.expected for each in found)
    assert sorted(found, key=repr) == sorted(into.health_counts(replace(before, late=False)), key=repr)


def test_a_run_that_starts_at_the_very_moment_was_known_then(tmp_path: Path) -> None:
    """As in a replay, which takes in at a tick what became known by then."""
    into = warehouse()
    moment = datetime(2026, 1, 16, 6, tzinfo=UTC)
    at_once = run("now", start=30, status="running", completed_at=None, duration_seconds=None, inserted_at=at(30))
    load(into, World([at_once, run("before", start=20), run("after", start=30.01)]).write(tmp_path))
    report = HealthService(into, registry(), LEVELS).of(HealthRequest(as_of=moment), END)
    assert (report.total.runs, report.window.until) == (2, moment)


def test_before_the_history_nothing_is_known(service: HealthService) -> None:
    report = service.of(HealthRequest(as_of=END - timedelta(days=200)), END)
    assert (report.overall, report.reasons[0].text) == (
        Colour.GREY,
        "Nothing is known before 2026-01-16, where the run history begins.",
    )
    assert "Nothing was due and nothing ran." not in [reason.text for reason in report.reasons]


@pytest.mark.parametrize("as_of", [None, END + timedelta(hours=1)])
def test_a_phase_counts_its_registered_processors_alone(tmp_path: Path, as_of: datetime | None) -> None:
    into = warehouse()
    load(into, World([run(f"n{at}", "Newcomer", phase=4, start=30 + at) for at in range(3)]).write(tmp_path))
    service = HealthService(into, registry(), LEVELS)
    report = service.of(HealthRequest(phase=4, as_of=as_of), END)
    [phase] = report.phases
    assert (phase.status, phase.tally.runs, phase.durations) == (Colour.GREY, 0, None)
    assert [row.name for row in report.processors] == ["Plain"]
    assert [reason.text for reason in report.reasons] == ["Newcomer ran but is not in the registry."]
    whole = service.of(HealthRequest(as_of=as_of), END)
    assert [row.tally.runs for row in whole.phases] == [0, 0, 0, 0]
    assert next(row.tally.runs for row in whole.processors if row.name == "Newcomer") == 3


def test_without_phases_data_is_counted_and_a_phase_is_refused_with_the_reason(tmp_path: Path) -> None:
    plain = [{key: value for key, value in one.items() if key != "phase"} for one in PROCESSORS]
    into = warehouse()
    load(into, replace(WORLD, processors=plain).write(tmp_path), plain)
    service = HealthService(into, registry(plain), LEVELS)
    for request in (HealthRequest(), HealthRequest(processor="Box")):
        said = health_words.completeness(service.of(request, END + timedelta(hours=20)))
        assert said is not None
        assert "have their data" in said
    with pytest.raises(BadInput, match=r"There is no phase 2\. No processor of the registry has a phase"):
        service.scope(HealthRequest(phase=2))


def test_targets_come_from_the_service_levels(service: HealthService) -> None:
    report = service.of(HealthRequest(as_of=END + timedelta(hours=1)), END)
    assert {row.phase: row.target for row in report.phases} == {1: None, 2: 0.95, 3: 0.99, 4: None}
    box = next(row for row in report.processors if row.name == "Box")
    assert (box.status, box.target) == (Colour.YELLOW, 0.95)


def test_a_recorded_history_is_answered_as_of_its_end(service: HealthService) -> None:
    years_later = datetime(2028, 5, 1, tzinfo=UTC)
    report = service.of(HealthRequest(), years_later)
    assert report.window.as_of == END
    text = "No new data since 2026-01-16 09:00 UTC: what has happened since then is not known."
    assert f"{text} The history ends there: answered as of its end." in report.warnings
    assert report.overall is not Colour.GREEN
    assert service.of(HealthRequest(), END + timedelta(hours=2)).window.as_of == END + timedelta(hours=2)


def test_as_of_a_moment_after_its_end_a_history_says_no_more_than_at_its_end(service: HealthService) -> None:
    report = service.of(HealthRequest(as_of=datetime(2028, 5, 1, tzinfo=UTC)), END)
    assert sum(row.due.due for row in report.processors) == 0, "what was due since is unknown"
    assert "no_new_data" in {reason.name for reason in report.reasons}


def test_a_phase_and_a_processor(service: HealthService) -> None:
    phase = service.of(HealthRequest(phase=3, as_of=END + timedelta(hours=1)), END)
    assert ([row.phase for row in phase.phases], list(rows(phase))) == ([3], ["Summary"])
    one = service.of(HealthRequest(processor="box", as_of=END + timedelta(hours=1)), END)
    assert (one.phases, [row.name for row in one.processors]) == ((), ["Box"])


@pytest.mark.parametrize(
    "request_", [HealthRequest(days=0), HealthRequest(phase=9), HealthRequest(phase=2, processor="Box")]
)
def test_what_cannot_be_asked(service: HealthService, request_: HealthRequest) -> None:
    with pytest.raises(BadInput):
        service.of(request_, END)


def test_what_people_were_notified_of_the_window(service: HealthService, tmp_path: Path) -> None:
    asked: list[tuple[datetime, datetime]] = []
    box = NotifiedSpan(frozenset({"Box", "Summary"}), END - timedelta(hours=3), None)

    def told(since: datetime, until: datetime) -> Notified:
        asked.append((since, until))
        sent = (Sent(box.processors, 3, arrived=True), Sent(frozenset({"Poller"}), 1, arrived=False))
        return Notified(sent, (incident(processors=("Box",), announced_at=END),), (box,))

    opened = warehouse()
    load(opened, WORLD.write(tmp_path))
    answering = HealthService(opened, registry(), LEVELS, told)
    report = answering.of(HealthRequest(days=2), END)
    assert asked == [(report.window.since, report.window.as_of)]
    noise = report.noise
    assert (noise.alerts, noise.undelivered, noise.raw_failures, noise.kept_quiet) == (3, 1, 4, 1)
    assert (noise.in_incidents, sum((noise.in_none or {}).values())) == (3, 0)
    assert (report.overall, report.reasons[0].name) == (Colour.RED, "open_p0")
    poller = answering.of(HealthRequest(days=2, processor="Poller"), END)
    assert (poller.noise.raw_failures, poller.noise.alerts, poller.noise.undelivered) == (1, 0, 1)
    assert poller.open == ()
    exact = answering.of(HealthRequest(days=2, as_of=END), END)
    assert (exact.noise.alerts, exact.noise.in_none, exact.open) == (0, None, None), "of the history alone"
    silent = service.of(HealthRequest(days=2), END)
    assert (silent.noise.alerts, silent.noise.in_none) == (0, None)


def test_health_is_reported_without_the_state_too(tmp_path: Path) -> None:
    def gone(_since: datetime, _until: datetime) -> Notified:
        raise StateUnavailable("the database does not answer")

    opened = warehouse()
    load(opened, WORLD.write(tmp_path))
    report = HealthService(opened, registry(), LEVELS, gone).of(HealthRequest(days=2), END)
    assert report.warnings[0] == "Open incidents and notifications are not known: the database does not answer"
    assert "state_unreadable" in {reason.name for reason in report.reasons}
    assert report.noise.raw_failures == 4


def test_without_a_history() -> None:
    with pytest.raises(BadInput, match="There is no run history yet"):
        HealthService(warehouse(), registry(), LEVELS).of(HealthRequest(), END)


def test_who_ran_without_being_registered_can_be_asked_for(service: HealthService) -> None:
    report = service.of(HealthRequest(processor="newcomer", as_of=END + timedelta(hours=1)), END)
    assert [(row.name, row.tally.succeeded) for row in report.processors] == [("Newcomer", 1)]


def test_figures_that_rows_came_between_are_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, late = warehouse(), World([failed("late", start=30.5, category="error")], [loaded()], [], [])
    load(opened, WORLD.write(tmp_path / "first"))
    groups, folders = opened.failed_groups, [late.write(tmp_path / "late")]

    def with_a_load_before(window: Window) -> list[FailedGroup]:
        while folders:
            load(opened, folders.pop())
        return groups(window)

    monkeypatch.setattr(opened, "failed_groups", with_a_load_before)
    noise = HealthService(opened, registry(), LEVELS, lambda *_: Notified()).of(HealthRequest(days=2), END).noise
    assert (noise.real, sum((noise.in_none or {}).values())) == (4, 4)
