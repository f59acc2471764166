"""Escalations by processes that are killed, frozen or cut off: no step is lost, and hardly any page comes twice."""

from pathlib import Path

from tests.contracts.postgres import cluster
from tests.pit.rig import Config, Result, freeze, kill, played, restart
from tests.pit.story import Story

STORY = Story(incidents=120, over_s=300.0, seed=7)
MOST_SHARE = 0.01
"""Of so few posts one copy is nearly a hundredth: benchmarks/reliability.py measures."""


def nothing_lost(result: Result) -> None:
    assert result.finished, result
    assert result.judged.lost == ()
    assert result.judged.missing == ()
    assert (result.audit, result.tracebacks) == ("", 0)
    assert result.judged.share <= MOST_SHARE, result.judged.twice


def test_one_process_on_sqlite_is_killed_at_every_point_and_at_random(tmp_path: Path) -> None:
    found = played(Config(1, STORY, chance=0.001), f"sqlite:///{tmp_path / 'state.db'}", tmp_path, kill((3.0, 10.0)))
    nothing_lost(found)
    assert found.integrity == "ok"
    assert found.killed > 10


def test_three_processes_on_postgresql_are_killed(tmp_path: Path) -> None:
    with cluster() as server:
        found = played(Config(3, STORY, chance=0.001), server.new_database(), tmp_path, kill((3.0, 10.0)))
    nothing_lost(found)
    assert found.killed > 10


def test_processes_that_stand_still_for_longer_than_their_lease(tmp_path: Path) -> None:
    """At most one copy of a page for each time."""
    with cluster() as server:
        found = played(Config(3, STORY), server.new_database(), tmp_path, freeze(20, 1.5, 1.0))
    assert found.judged.lost == ()
    assert found.judged.copies <= found.notes["frozen"] > 10


def test_a_database_that_is_killed_and_cuts_every_connection(tmp_path: Path) -> None:
    with cluster() as server:
        found = played(Config(3, STORY), server.new_database(), tmp_path, restart(server, 20, (3.0, 8.0)))
    nothing_lost(found)
