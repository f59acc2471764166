"""One contract for every state: a watch is kept until somebody ends it, or its result is posted, once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.domain.delivery import Act
from bot.domain.escalation.pages import about_no_incident
from bot.domain.reports.watch import Watch
from bot.ports.state import State
from tests.contracts.states import KINDS, Again, opened
from tests.support.gate_story import START

DAY = timedelta(days=1)
WATCH = Watch(
    id="ab12cd34",
    processor="Box \U0001f4e6",
    since=date(2026, 3, 1),
    days=5,
    by="Ana",
    channel="C1",
    started_at=START,
    ends_at=START + 5 * DAY,
)


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


def start(state: State, watch: Watch = WATCH) -> bool:
    with state.transaction() as tx:
        return tx.reports.watches.start(watch)


def end(state: State, name: str = WATCH.id) -> bool:
    with state.transaction() as tx:
        return tx.reports.watches.end(name, START + DAY)


def test_it_is_kept_whole_and_started_once(again: Again) -> None:
    assert [start(again()) for _ in range(3)] == [True, False, False]
    assert again().reports.watches.standing() == [WATCH]
    sooner = replace(WATCH, id="0", ends_at=START + DAY)
    assert start(again(), sooner)
    assert again().reports.watches.standing() == [sooner, WATCH]


def test_of_those_who_end_it_one_does_and_it_may_begin_again(again: Again) -> None:
    assert not end(again())
    assert start(again())
    assert [end(again()) for _ in range(3)] == [True, False, False]
    assert again().reports.watches.standing() == []
    later = replace(WATCH, by="Ben", started_at=START + DAY)
    assert start(again(), later)
    assert again().reports.watches.standing() == [later]


def test_pages_of_a_time_are_those_made_in_it(again: Again) -> None:
    made = [
        about_no_incident(f"k{day}", Act.TRIGGER, "sms", "Ana", "+1", "words", START + day * DAY, START)
        for day in range(4)
    ]
    with again().transaction() as tx:
        tx.pages.add(made)
    assert again().pages_within(START + DAY, START + 3 * DAY) == made[1:3]
