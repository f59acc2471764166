"""The live pipeline goes on from the history, in any steps, over restarts, and shows runs while they run."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sandbox.pipeline.database import FILE_NAME
from sandbox.pipeline.history import write_history
from sandbox.pipeline.live import Pipeline
from sandbox.pipeline.moments import epoch, stamp
from sandbox.pipeline.rows import RunRow
from sandbox.tests.pipeline.bench import Bench, MakeBench, query, steps

TODAY = date(2026, 1, 14)
LEAF = "BdlPlayerStats"


def _finals(bench: Bench) -> set[RunRow]:
    return {row for row in bench.runs.values() if row.status != "running"}


def test_steps_do_not_matter(bench: MakeBench) -> None:
    one, many = bench(), bench()
    end = one.now + timedelta(hours=14)
    one.advance(end)
    for to in steps(many.now, end, timedelta(minutes=7)):
        many.advance(to)
    assert _finals(one) == _finals(many)
    assert one.loads == many.loads
    assert [row[:2] for row in one.raws] == [row[:2] for row in many.raws]


def test_a_restart_changes_nothing(bench: MakeBench) -> None:
    steady, restarted = bench(), bench()
    for each in (steady, restarted):
        each.forward(hours=6)
        fault = each.pipeline.inject("processor_crash", each.now, LEAF)
        each.pipeline.inject("stuck_run", each.now, "EspnPlayerStats", TODAY)
        each.forward(hours=6, minutes=3)
        if each is restarted:
            each.pipeline = Pipeline(each.directory)
        each.pipeline.heal(fault.id, each.now)
        each.pipeline.process(LEAF, TODAY, each.now)
        each.forward(minutes=1)
        if each is restarted:
            each.pipeline = Pipeline(each.directory)
        for to in steps(each.now, each.now + timedelta(hours=10), timedelta(minutes=30)):
            each.advance(to)
    assert steady.runs == restarted.runs
    assert steady.loads == restarted.loads
    assert [fault.end for fault in steady.pipeline.faults] == [fault.end for fault in restarted.pipeline.faults]


def test_history_and_live_fit_together(few_days: Path, tmp_path: Path, registry: dict[str, Any]) -> None:
    """What live shows up to a later instant is what the same engine had done; nothing is lost or told twice."""
    directory = tmp_path / "world"
    shutil.copytree(few_days, directory)
    bench = Bench(directory)
    bench.forward(hours=12)
    told = {str(run_id) for (run_id,) in query(few_days, "SELECT run_id FROM @runs")}
    assert not told & set(bench.runs)
    starts = [row.started_at for row in bench.runs.values()]
    assert min(starts) > (bench.start - timedelta(hours=1)).timestamp()
    assert registry["processors"]


def test_equal_arguments_give_equal_histories(tmp_path: Path, registry: dict[str, Any]) -> None:
    end = datetime(2026, 1, 14, 17, 0, tzinfo=UTC)
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_history(tmp_path / name, registry, end, days=2, seed=seed)
    rows = {name: query(tmp_path / name, "SELECT * FROM @runs ORDER BY started_at, run_id") for name in "abc"}
    assert rows["a"] == rows["b"]
    assert rows["a"] != rows["c"]


def test_runs_are_shown_while_they_run_with_heartbeats(bench: MakeBench) -> None:
    alive = bench()
    alive.pipeline.inject("timeout", alive.now, "PlayerGameSummaryProcessor", TODAY)
    alive.until_slot(TODAY, 26.1)
    seen = []
    for _ in range(10):
        batch = alive.forward(minutes=2)
        seen += [row for row in batch.runs if row.processor_name == "PlayerGameSummaryProcessor"]
    running = [row for row in seen if row.status == "running" and row.run_id == seen[0].run_id]
    assert len(running) >= 3
    assert all(row.completed_at is None and row.records_processed is None for row in running)
    beats = [row.last_heartbeat_at for row in running]
    assert beats == sorted(set(beats))
    assert {later - sooner for sooner, later in pairwise(beats)} == {300}


def test_the_database_holds_what_was_returned(bench: MakeBench) -> None:
    live = bench()
    for _ in range(3):
        batch = live.forward(hours=1)
    with closing(sqlite3.connect(live.directory / FILE_NAME)) as kept:
        [(rows, last, form)] = kept.execute(
            """SELECT count(*), max(inserted_at), max(length(started_at)) FROM processor_run_history
               WHERE run_id IN (SELECT value FROM json_each(?))""",
            [json.dumps(list(live.runs))],
        )
        [(running,)] = kept.execute("SELECT count(*) FROM processor_run_history WHERE status = 'running'")
        [(loads,)] = kept.execute("SELECT count(*) FROM table_loads WHERE loaded_at > ?", [stamp(epoch(live.start))])
    assert (rows, form) == (len(live.runs), len("2026-01-14 17:00:00"))
    assert running == sum(row.status == "running" for row in live.runs.values())
    assert stamp(epoch(batch.since)) < last <= stamp(epoch(batch.until))
    assert loads == len(live.loads) > 0


def test_the_calendar_grows_and_games_become_final(bench: MakeBench) -> None:
    live = bench()
    batch = live.forward(hours=24)
    days = {str(game.game_date) for game in batch.games}
    assert "2026-01-29" in days
    finals = [game for game in batch.games if game.game_date == TODAY]
    assert {game.status for game in finals} == {"Final"}
    assert all(game.final_utc for game in finals)


def test_raw_files_of_live_are_written(bench: MakeBench) -> None:
    live = bench()
    batch = live.forward(hours=12)
    assert batch.raw_files
    assert all(Path(row.path.removeprefix("file://")).exists() for row in batch.raw_files)


def test_time_does_not_go_back(bench: MakeBench) -> None:
    live = bench()
    with pytest.raises(ValueError, match="time does not go back"):
        live.advance(live.now - timedelta(seconds=1))
    with pytest.raises(ValueError, match="no time zone"):
        live.advance(live.now.replace(tzinfo=None))


def test_a_directory_without_history_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="write_history"):
        Pipeline(tmp_path)


def test_polls_go_on_at_the_same_rate(bench: MakeBench) -> None:
    live = bench()
    live.forward(hours=24)
    polls = sum(row.trigger == "poll" for row in live.runs.values())
    [(before,)] = query(
        live.directory,
        """SELECT count(*) FROM @runs WHERE trigger = 'poll'
           AND started_at BETWEEN '2026-01-13 17:00:00' AND '2026-01-14 17:00:00'""",
    )
    assert isinstance(before, int)
    assert abs(polls - before) < 0.05 * before


def test_everyday_troubles_can_go_on(few_days: Path, tmp_path: Path) -> None:
    real = {}
    for calm in (True, False):
        directory = tmp_path / f"calm-{calm}"
        shutil.copytree(few_days, directory)
        batch = Pipeline(directory, calm).advance(datetime(2026, 1, 17, 17, 0, tzinfo=UTC))
        real[calm] = sum(row.phase == 5 and row.status == "failed" for row in batch.runs)
    assert real[True] == 0
    assert real[False] > 3


def test_a_command_ahead_of_the_last_advance_shows_nothing_early(bench: MakeBench) -> None:
    live = bench()
    ahead = live.now + timedelta(minutes=30)
    run = live.pipeline.process(LEAF, TODAY - timedelta(days=1), ahead)
    live.forward(minutes=20)
    assert run.run_id not in live.runs
    assert max(row.started_at for row in live.runs.values()) <= live.now.timestamp()
    live.forward(minutes=11)
    assert run.run_id in live.runs
