"""One contract for every warehouse: the same rows in, the same answers out."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import BadInput, WarehouseUnavailable
from bot.domain.evidence.observation import QuietPolls
from bot.domain.evidence.runs import Category, Input, Status
from bot.domain.health.early_warnings import SilentRun
from bot.domain.health.model import Window
from bot.ports.warehouse import LoadReport, SourceRead, Warehouse
from tests.contracts.answers import EVER, LAST, WEEK, Answers, ask, ask_as_of, counts, near, runs
from tests.contracts.stories import AUTUMN, BARE, CLOCKS, NEXT, SPRING, STORY, moment
from tests.contracts.warehouses import KINDS, REFERENCE, Played, Step, brought, noting, opened
from tests.support.builders import DAY, NOW, World

FAILED = {"processor": "Box", "status": Status.FAILED}
AS_OF = (moment(31), moment(32.02), moment(34.5), LAST)


@dataclass(frozen=True)
class Told:
    """A warehouse at the end of a story, with the reports and the answers after each step of it."""

    warehouse: Warehouse
    directory: Path
    reports: dict[str, LoadReport] = field(default_factory=dict)
    answers: dict[str, Answers] = field(default_factory=dict)
    as_of: dict[datetime, Answers] = field(default_factory=dict)
    """What the answers of the step "later" were at earlier moments."""
    at_the_end: Answers = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    """The methods of the port that the story has called."""


Tell = Callable[[str, dict[str, Step]], Told]


@pytest.fixture(scope="session")
def tell(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Tell]:
    """Loads a story into a warehouse of a kind, once."""
    cache = tmp_path_factory.mktemp("sql")
    known: dict[tuple[str, str], Told] = {}

    def endpoint() -> str:
        return str(request.getfixturevalue("bigquery_endpoint"))

    with ExitStack() as stack:

        def tell(kind: str, steps: dict[str, Step]) -> Told:
            name = (kind, "/".join(steps))
            if name not in known:
                directory = tmp_path_factory.mktemp("story")
                warehouse = stack.enter_context(opened(kind, directory, cache, endpoint))
                known[name] = _told(Told(warehouse, directory), steps)
            return known[name]

        yield tell


def _told(told: Told, steps: dict[str, Step]) -> Told:
    warehouse = noting(told.warehouse, told.asked)
    played = Played(warehouse, told.directory)
    for name, step in steps.items():
        told.reports[name] = played.load(step)
        told.answers[name] = ask(warehouse, briefly=steps is STORY and name != "later")
        if name == "later":
            told.as_of.update({as_of: ask_as_of(warehouse, as_of, ("Box",)) for as_of in AS_OF})
    if steps is STORY:
        told.at_the_end.update(ask_as_of(warehouse, LAST, ("Box", "Summary", "Daily"), wholly=True))
        told.at_the_end["rebuilt"] = warehouse.rebuild()
        told.at_the_end["source marks"] = brought(warehouse, told.directory, step)
    return told


@pytest.fixture(params=KINDS)
def story(request: pytest.FixtureRequest, tell: Tell) -> Told:
    return tell(request.param, STORY)


@pytest.fixture(params=KINDS)
def clocks(request: pytest.FixtureRequest, tell: Tell) -> Told:
    return tell(request.param, {"clocks": CLOCKS})


@pytest.fixture(params=KINDS)
def bare(request: pytest.FixtureRequest, tell: Tell) -> Told:
    return tell(request.param, {"bare": BARE})


@pytest.mark.parametrize("steps", [STORY, {"clocks": CLOCKS}, {"bare": BARE}], ids="/".join)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != REFERENCE])
def test_every_answer_is_that_of_the_reference(kind: str, steps: dict[str, Step], tell: Tell) -> None:
    ours, reference = tell(kind, steps), tell(REFERENCE, steps)
    for step in steps:
        assert ours.reports[step].files == reference.reports[step].files
        for question, answer in reference.answers[step].items():
            assert (step, question, ours.answers[step][question]) == (step, question, answer)
    assert ours.as_of == reference.as_of
    assert ours.at_the_end == reference.at_the_end


def test_every_method_of_the_port_is_asked(story: Told) -> None:
    """`close` ends each story; another test asks `only_while`."""
    methods = {name for name in vars(Warehouse) if not name.startswith("_")}
    assert methods - story.asked == {"close", "only_while"}


def test_history_tells_what_is_held(story: Told) -> None:
    first, last = story.answers["first"]["history"], story.answers["again"]["history"]
    assert (first.runs, first.first_day, last.runs, last.first_day) == (27, DAY, 30, date(2026, 1, 9))
    assert (first.first_date, last.first_date) == (DAY, date(2026, 1, 9))
    assert first.known_until == datetime(2026, 1, 17, 7, 31, 1, tzinfo=UTC)
    assert last.known_until == datetime(2026, 1, 18, 7, tzinfo=UTC)  # the table load of hour 55 of the next day
    assert first.calendar_until == NEXT + timedelta(days=400)


def test_each_vocabulary_means_the_same(story: Told) -> None:
    found = story.answers["first"]["counts, a week"]
    assert runs(found, recorded=Category.UPSTREAM_FAILURE) == 2
    assert runs(found, recorded=Category.PROCESSING_ERROR) == 1
    assert runs(found, processor="Roster", recorded=Category.NO_DATA_AVAILABLE) == 1


def test_runs_without_a_category_have_what_text_and_duration_say(story: Told) -> None:
    found = story.answers["first"]["counts, a week"]
    assert runs(found, **FAILED, recorded=None, hinted=Category.TIMEOUT) == 1
    assert runs(found, **FAILED, recorded=None, hinted=Category.PROCESSING_ERROR) == 1
    assert runs(found, **FAILED, recorded=None, hinted=None) == 2
    assert runs(found, processor="Poller", hinted=Category.NO_DATA_AVAILABLE) == 1
    assert runs(found, processor="Limited", recorded=None, hinted=Category.TIMEOUT) == 1


def test_both_versions_of_a_corrected_run_are_observed(story: Told) -> None:
    found = [run for run in story.at_the_end["all observed"].runs if run.run_id == "wrong-then-right"]
    assert {(run.status, run.known_at) for run in found} == {(Status.FAILED, moment(37)), (Status.SUCCESS, moment(62))}


def test_a_run_is_observed_from_its_start_though_its_row_comes_later(story: Told) -> None:
    observed = story.as_of[moment(31)]["observed"]
    assert {run.run_id: run.known_at for run in observed.runs if run.run_id in ("late", "early-day")} == {
        "late": moment(60),
        "early-day": moment(61),
    }
    assert all(run.started_at <= moment(31) for run in observed.runs)


def test_polls_that_found_nothing_are_counted(story: Told) -> None:
    observed = story.at_the_end["observed of dates"]
    box = [polls for polls in observed.quiet if polls.processor == "Box"]
    assert box == [QuietPolls("Box", DAY, 1, moment(26), moment(26))]
    assert "too-early" not in {run.run_id for run in observed.runs}


def test_a_source_is_stored_with_its_rows(story: Told) -> None:
    marks, reads = story.at_the_end["source marks"]
    (mark,) = marks.values()
    assert reads == {"history": SourceRead("history", NOW, NOW, "refused")}
    assert (mark.source, mark.cursor, mark.rows, mark.rejected, mark.bytes_billed) == ("history", "here", 1, 0, 7)
    assert mark.newest == moment(50)


def test_only_who_is_asked_for_is_observed(story: Told) -> None:
    observed = story.at_the_end["observed of some"]
    assert {run.processor for run in observed.runs} == {"Box", "Poller"}
    assert {load.table for load in observed.loads} == {"raw.box"}
    assert {file.source for file in observed.files} == {"roster"}


def test_a_window_is_observed_when_it_was_announced(story: Told) -> None:
    assert [window.kind for window in story.as_of[moment(31)]["observed"].windows] == ["backfill"]
    assert len(story.at_the_end["all observed"].windows) == 2


def test_only_what_became_known_in_the_span_is_observed(story: Told) -> None:
    observed = story.as_of[moment(31)]["observed"]
    assert {load.known_at for load in observed.loads} == {moment(30.3)}
    assert observed.files == ()
    assert observed.seen is not None
    assert observed.seen.tables["raw.box"] == moment(30.3, date(2026, 1, 10))
    assert observed.seen.sources["roster"] == moment(12)
    assert observed.seen.calendar
    assert len(observed.games) == 5


def test_evidence_is_next_to_it_each_failed_run(story: Told) -> None:
    found = story.answers["first"]["counts, a week"]
    no_data = [count for count in found if count.recorded is Category.NO_DATA_AVAILABLE and count.processor == "Box"]
    assert {(count.input, count.state.expected, count.state.filled) for count in no_data} == {
        (Input.READY, True, False),
        (Input.ABSENT, True, True),
    }


def test_successes_without_records_are_told_apart(story: Told) -> None:
    found = story.answers["first"]["counts, a week"]
    assert runs(found, zero_records=True) == 1
    assert runs(found, status=Status.SUCCESS) == 8
    assert runs(found, status=Status.RUNNING) == 5


def test_failures_and_durations_by_hour_and_day(story: Told) -> None:
    later = story.answers["later"]
    box = {item.hour: item.failed for item in later["failed hours, a week"] if item.processor == "Box"}
    assert box == {moment(26): 1, moment(28): 4, moment(29): 1, moment(53): 1}
    by_day = later["durations by day, a week"]
    assert (by_day[NEXT, "Daily", 2][0], by_day[NEXT, "Box", 2][0]) == (near(0.0), near(40.0))
    box_sketches = (each for each in later["sketches by day, a week"] if (each.processor, each.day) == ("Box", NEXT))
    assert {each.durations: sum(each.sketch.counts) for each in box_sketches}[True] == 7


def test_durations_are_quantiles_of_succeeded_runs_by_nearest_rank(story: Told) -> None:
    first = story.answers["first"]["durations, a week"]
    assert first["Box", 2] == near((40.0, 80.0, 80.0))  # of 9.5, 40, 70, 80
    assert first["Daily", 2] == near((0.0, 1.5, 1.5))  # of 0, 1.5
    assert first[None, 2] == near((9.5, 80.0, 80.0))
    assert first["Stranger", None] == near((5.0, 5.0, 5.0))
    assert (None, None) not in first
    exact = story.at_the_end["durations"]
    assert exact["Box", 2] == (40.0, 90.0, 90.0)  # of 9.5, 12, 33, 40, 60, 70, 80, 90


def test_a_second_load_of_the_same_files_changes_nothing(story: Told) -> None:
    report = story.reports["again"]
    assert all(file.already_loaded for file in report.files)
    assert (report.rejected, report.warnings, report.touched_from) == ((), (), None)
    later = story.answers["later"]
    assert story.answers["again"] == {question: later[question] for question in story.answers["again"]}


def test_late_and_corrected_rows_are_counted_once(story: Told) -> None:
    reports = {file.file: file for file in story.reports["later"].files}
    told = reports["runs.ndjson"]
    # a row without an id is its run, before and after
    assert (told.rows, told.added, told.corrected, told.unchanged, told.rejected) == (17, 3, 3, 4, 7)
    found = story.answers["later"]["counts, a week"]
    assert runs(found, processor="Box", status=Status.RUNNING) == 0
    assert runs(found, processor="Box", recorded=Category.TIMEOUT) == 0
    assert runs(found, processor="Box", status=Status.SUCCESS) == 8
    assert story.reports["later"].touched_from is not None
    assert story.reports["later"].touched_from <= datetime(2026, 1, 9, 9, tzinfo=UTC)


def test_an_earlier_moment_sees_what_was_known_then(story: Told) -> None:
    at_32 = story.as_of[moment(32.02)]["counts"]
    assert runs(at_32, processor="Box", status=Status.RUNNING) == 1  # "grows", before its end was recorded
    at_34 = story.as_of[moment(34.5)]["counts"]
    assert runs(at_34, processor="Box", status=Status.RUNNING) == 0  # "tie" is not known before 35
    assert runs(at_34, processor="Box", status=Status.SUCCESS) == 3
    at_last = story.as_of[LAST]["counts"]
    assert at_last == story.answers["later"]["counts, a week"]


def test_evidence_is_that_of_its_moment(story: Told) -> None:
    early, late = (
        {item.data_date: item for item in story.as_of[as_of]["evidence of Box"]} for as_of in (AS_OF[0], LAST)
    )
    assert (early[DAY].rows, early[DAY].filled) == (210, True)  # the corrected count of the same load
    assert (late[DAY].rows, late[DAY].filled) == (0, False)
    assert (early[NEXT].rows, late[NEXT].rows, late[NEXT].games, late[NEXT].games_final) == (None, 120, 3, 2)
    assert early[DAY].first_file_at == moment(27)
    assert [window.kind for window in early[DAY].windows] == ["backfill"]
    assert [window.kind for window in late[DAY].windows] == ["maintenance", "backfill"]


def test_freshness_of_a_date(story: Told) -> None:
    later = story.answers["later"]["freshness"]
    on_day, outside = ({item.processor: item for item in later[day]} for day in (DAY, date(2031, 1, 1)))
    box = on_day["Box"]
    assert (box.expected, box.filled, box.loaded_at, box.last_run) == (True, False, moment(55, NEXT), date(2026, 1, 17))
    assert on_day["Roster"].expected is False
    assert (on_day["Plain"].expected, on_day["Plain"].settled_at, on_day["Plain"].filled) == (None, None, None)
    assert on_day["Limited"].last_run == DAY
    assert outside.keys() == on_day.keys()
    assert {(item.expected, item.filled, item.settled_at) for item in outside.values()} == {(None, None, None)}
    assert outside["Box"].loaded_at == box.loaded_at


def test_when_a_date_had_the_data_that_it_has_lost(story: Told) -> None:
    [box] = [span for span in story.answers["later"]["emptied"] if span.processor == "Box"]
    assert box == ("Box", moment(30.3), moment(56))


def test_bad_rows_are_named_and_the_good_ones_kept(story: Told) -> None:
    rejected = story.reports["later"].rejected
    named = ["bad-date", "", "bad-status", "far", "no-start", "half", "endless"]
    assert [(row.file, row.row, row.name) for row in rejected] == [
        ("runs.ndjson", 2 + at, n) for at, n in enumerate(named)
    ]
    for row, given in zip(
        rejected, ("2026-13-45", "JSON", "vanished", "control", "started_at", "2026-01", "inf"), strict=True
    ):
        assert given in row.reason


def test_a_category_of_no_vocabulary_is_named(story: Told) -> None:
    expected = "failure_category 'gremlins' is in no vocabulary: its 1 failed run is read as unknown"
    without = "runs.ndjson: 1 row has no run_id: identified by processor, data date and start"
    unloaded = "table_loads never names raw.roster: whether this table of the registry has rows is unknown"
    strange = "table_loads names raw.elsewhere, which no processor of the registry has: its rows count for nothing"
    assert {text for text in story.reports["first"].warnings if "as UTC" not in text} == {expected, without, unloaded}
    warnings = story.warehouse.history().warnings
    assert set(warnings[1:]) == {expected, without, unloaded, strange}, "by a load at the end"
    told = "runs.ndjson: 7 rows were rejected, the last on 2026-01-20 (row 2: data_date '2026-13-45' is not a date)"
    assert warnings[0].startswith(told)


def test_other_rules_and_another_registry_hold_for_what_was_loaded_before(story: Told) -> None:
    report = story.reports["other rules and registry"]
    assert all(file.already_loaded for file in report.files)
    assert report.touched_from is not None
    for found in (
        story.answers["other rules and registry"]["counts, a week"],
        story.at_the_end["counts"],
    ):
        assert runs(found, hinted=Category.VALIDATION_FAILED) == 2
        assert runs(found, processor="Limited", hinted=Category.TIMEOUT) == 0
        assert all(count.state.expected is False for count in found if count.processor == "Daily")
    document = story.warehouse.platform_document()
    assert document is not None
    assert '"Limited"' not in document


def test_runs_that_have_not_ended_and_sent_no_heartbeat_since(story: Told) -> None:
    hangs = SilentRun("Poller", DAY, moment(31.2) + timedelta(seconds=50))
    assert story.warehouse.silent_runs(moment(24), LAST) == [hangs]
    assert story.warehouse.silent_runs(moment(24), hangs.heartbeat_at) == []
    assert story.warehouse.silent_runs(moment(31.3), LAST) == []


def test_a_rebuild_changes_no_answer(story: Told) -> None:
    assert story.at_the_end["rebuilt"] == 30
    assert counts(story.warehouse, WEEK) == story.answers["other rules and registry"]["counts, a week"]


def test_whoever_was_replaced_changes_nothing(story: Told) -> None:
    before = story.warehouse.history()
    story.warehouse.only_while(lambda: False)
    with pytest.raises(WarehouseUnavailable, match="Another process changes the warehouse now"):
        story.warehouse.rebuild()
    story.warehouse.only_while(lambda: True)
    assert story.warehouse.history() == before


def test_a_file_that_makes_no_sense_changes_nothing(story: Told, tmp_path: Path) -> None:
    before = story.warehouse.history()
    nonsense = Step(
        World(runs=[{"processor_name": "Box", "status": "success"}], table_loads=STORY["first"].world.table_loads)
    )
    with pytest.raises(BadInput, match=r"runs\.ndjson"):
        Played(story.warehouse, tmp_path).load(nonsense)
    assert story.warehouse.history() == before


def test_slots_are_wall_clock_on_both_sides_of_a_clock_change(clocks: Told) -> None:
    box = {item.data_date: item.judged_at for item in clocks.warehouse.evidence("Box", *EVER, LAST)}
    summary = {item.data_date: item.judged_at for item in clocks.warehouse.evidence("Summary", *EVER, LAST)}
    late = {item.data_date: item.judged_at for item in clocks.warehouse.evidence("Late", *EVER, LAST)}
    grace = timedelta(minutes=20)
    assert box[SPRING - timedelta(days=1)] == datetime(2026, 3, 7, 7, 30, tzinfo=UTC) + grace
    assert box[SPRING] == datetime(2026, 3, 8, 7, 30, tzinfo=UTC) + grace  # 02:30 does not exist: 03:00 or 03:30
    assert late[SPRING - timedelta(days=1)] == datetime(2026, 3, 8, 7, 30, tzinfo=UTC) + grace
    assert summary[AUTUMN] == datetime(2026, 11, 1, 5, 30, tzinfo=UTC) + grace  # 01:30 comes twice
    assert summary[AUTUMN + timedelta(days=1)] == datetime(2026, 11, 2, 6, 30, tzinfo=UTC) + grace


def test_a_bare_history_says_what_it_cannot_tell(bare: Told) -> None:
    absent = ["attempt", "duration_seconds", "error_message", "failure_category", "inserted_at"]
    absent += ["last_heartbeat_at", "phase", "run_id", "trigger"]
    warnings = bare.warehouse.history().warnings
    assert [warning.partition(":")[0] for warning in warnings] == [f"runs has no column {name}" for name in absent]
    found = bare.answers["bare"]["counts, a week"]
    assert runs(found, processor="Box", status=Status.SUCCESS) == 1  # alike without ids: one run
    assert runs(found, status=Status.FAILED, recorded=None, hinted=None) == 1
    durations = bare.answers["bare"]["durations, a week"]
    assert durations["Box", 2] == near((60.0, 60.0, 60.0))
    assert ("Plain", 4) not in durations  # it has no end


def test_a_bare_history_that_comes_again_has_nothing_new(bare: Told, tmp_path: Path) -> None:
    again = Step(World(runs=[*BARE.world.runs, *BARE.world.runs[:1]]), suffix=".ndjson")
    (report,) = Played(bare.warehouse, tmp_path).load(again).files
    assert (report.rows, report.added, report.corrected) == (5, 0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_warehouse_holds_nothing(kind: str, tell: Tell) -> None:
    told = tell(kind, {})
    history = told.warehouse.history()
    assert (history.runs, history.first_day, history.known_until, history.calendar_until) == (0, None, None, None)
    assert told.warehouse.platform_document() is None
    assert told.warehouse.health_counts(Window.at(LAST, 7)) == []
    assert told.warehouse.evidence("Box", *EVER, LAST) == []
    assert told.warehouse.freshness(DAY, LAST) == []
    assert told.warehouse.emptied(DAY, LAST) == []
