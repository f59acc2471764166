"""A process is killed at every step of paging in turn, and another goes on: no page is lost, and none sent twice."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.domain.delivery import Outcome, Page
from bot.ports.state import State, Transaction
from tests.contracts.states import opened
from tests.support.gate_story import START, finding
from tests.support.pager import YES, FakePager, PagedStory

LOST = finding("Gamebook", severity="P0")
MOST_POINTS = 80
AFTER_MINUTES = 6
"""In it a P0 pages the first and the second, by two ways each."""


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


class FailPoints:
    """The process dies at the point of that number; points are counted from 1. `reached`: how many there were."""

    def __init__(self, dies_at: int) -> None:
        self._dies_at, self.reached = dies_at, 0

    def point(self) -> None:
        self.reached += 1
        if self.reached == self._dies_at:
            raise Killed


class DyingState:
    """A state whose process dies right before or after a commit."""

    def __init__(self, state: State, points: FailPoints) -> None:
        self._state, self._points = state, points

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._state.transaction() as tx:
            yield tx
            self._points.point()
        self._points.point()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._state, name)


def dying(points: FailPoints, taken: list[Page]) -> Callable[[Page], Outcome]:
    """A channel whose caller dies right before or after it has taken a page."""

    def send(page: Page) -> Outcome:
        points.point()
        taken.append(page)
        points.point()
        return YES

    return send


def lived_through(state: State, points: FailPoints) -> list[Page]:
    """What arrived in six minutes of an open P0; whenever the process dies another begins, after its lease."""
    taken: list[Page] = []
    pagers = [FakePager(name, answer=dying(points, taken)) for name in ("slack", "voice")]
    for pager in pagers:
        pager.taken = taken
    mortal = DyingState(state, points)
    story = PagedStory(START, *pagers, state=mortal)
    story.held = [LOST]
    for _ in range(AFTER_MINUTES * 2):
        try:
            if not state.open_incidents():
                story.gate.tick(story.now, story.held)
            story.escalation.tick()
            story.paging.deliver()
        except Killed:
            story.restart()
        story.stand_still(0.5)
    return list({id(page): page for page in taken}.values())


@pytest.mark.parametrize(("kind", "step"), [("sqlite", 1), ("postgresql", 7)])
def test_killed_at_every_point(kind: str, step: int, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """On PostgreSQL at every seventh: each of them takes a database of its own."""
    lost, twice, at = {}, {}, 1
    with opened(kind, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        again().close()
        while True:
            with fresh(kind, tmp_path / str(at), tmp_path, request) as state:
                points = FailPoints(at)
                arrived = [page.id for page in lived_through(state, points)]
            if points.reached < at:
                break
            assert at < MOST_POINTS
            if len(set(arrived)) < 4:
                lost[at] = arrived
            if len(arrived) > len(set(arrived)):
                twice[at] = arrived
            at += step
    assert at > 20
    assert lost == {}
    assert twice == {}


@contextmanager
def fresh(kind: str, folder: Path, template: Path, request: pytest.FixtureRequest) -> Iterator[State]:
    """An empty state: on SQLite a copy of the first, which takes less time than its migrations."""
    folder.mkdir()
    if kind == "sqlite":
        shutil.copy(template / "state.db", folder / "state.db")
        state = SqlState(open_engine(folder / "state.db"))
        yield state
        state.close()
        return
    with opened(kind, folder, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again()
