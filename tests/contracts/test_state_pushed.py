"""What is kept of the events that the pipeline sends, on both databases: each once, and seen in one order."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.state.database import open_engine
from bot.adapters.state.pushed import KEPT, SqlPushed
from bot.domain.pushed.events import Aside, Event, Kind, RunKey
from tests.contracts.states import SQL_KINDS, with_tables

AT = datetime(2026, 1, 16, 6, tzinfo=UTC)
KEY = RunKey("Box", "r1", 0)
Again = Callable[[], SqlPushed]


def event(kind: Kind = Kind.START, digest: str = "", key: RunKey = KEY, **other: object) -> Event:
    made = Event(key, kind, AT, digest or kind.value, data_date=date(2026, 1, 15), error="été \U0001f600")
    return replace(made, **other)  # type: ignore[arg-type]


@pytest.fixture(params=SQL_KINDS)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    return with_tables(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder"))


@pytest.fixture
def again(where: str | Path) -> Iterator[Again]:
    """As another process would open it."""
    made = list[SqlPushed]()

    def opened() -> SqlPushed:
        made.append(SqlPushed(open_engine(where)))
        return made[-1]

    yield opened
    for each in made:
        each.close()


def test_an_event_is_kept_once_and_comes_back_as_it_was(again: Again) -> None:
    whole = event(Kind.SUCCESS, records=0, started_at=AT, trigger="poll", phase=0, category="x",
                  clock_off=timedelta(hours=-3))  # fmt: skip
    assert again().add([event(), whole], AT) == 2
    assert again().add([whole, event(Kind.FAILED)], AT + timedelta(seconds=1)) == 1
    kept = again().after(0, 10)
    assert [each.event for each in kept] == [event(), whole, event(Kind.FAILED)]
    assert [(each.seq, each.received_at) for each in kept] == [(1, AT), (2, AT), (3, AT + timedelta(seconds=1))]
    assert (again().last(), [each.seq for each in again().after(1, 1)]) == (3, [2])


def test_a_delivery_is_taken_once_on_every_replica(again: Again) -> None:
    assert again().add([event()], AT, "pubsub:s:1") == 1
    assert again().add([event(Kind.FAILED)], AT, "pubsub:s:1") == 0
    assert again().last() == 1


def test_the_events_of_runs_up_to_a_number(again: Again) -> None:
    other = RunKey("Box", "r2", 1)
    again().add([event(), event(key=other), event(Kind.FAILED)], AT)
    assert [each.seq for each in again().of([KEY], 3)] == [1, 3]
    assert [each.seq for each in again().of([KEY, other], 2)] == [1, 2]
    many = [RunKey("Box", f"n{n}", 0) for n in range(500)]
    assert [each.seq for each in again().of([*many, other], 3)] == [2]


def test_doubtful_runs_are_those_of_which_too_much_or_too_little_is_told(again: Again) -> None:
    keys = {name: RunKey("Box", name, 0) for name in ("whole", "two ends", "two starts", "no date", "clock", "old")}
    again().add([event(key=keys["old"], data_date=None)], AT - timedelta(days=1))
    again().add(
        [
            *(event(kind, key=keys["whole"]) for kind in (Kind.START, Kind.HEARTBEAT, Kind.SUCCESS)),
            *(event(kind, key=keys["two ends"]) for kind in (Kind.FAILED, Kind.SUCCESS)),
            *(event(digest=digest, key=keys["two starts"]) for digest in "ab"),
            event(key=keys["no date"], data_date=None),
            event(key=keys["clock"], clock_off=timedelta(hours=-1)),
        ],
        AT,
    )
    found = [key.run_id for key in again().doubtful(AT, 10)]
    assert found == ["clock", "no date", "two starts", "two ends"]
    assert len(again().doubtful(AT, 2)) == 2


def test_events_are_kept_for_thirty_days(again: Again) -> None:
    again().add([event()], AT)
    again().add([event(Kind.FAILED)], AT + timedelta(days=31))
    assert [each.seq for each in again().after(0, 10)] == [2]


def test_whoever_sees_a_number_has_seen_all_before_it(again: Again) -> None:
    """While four senders add, a reader never finds a gap that is filled later."""
    senders, reader, seen = [again() for _ in range(4)], again(), list[int]()

    def send(sender: int) -> None:
        for n in range(10):
            senders[sender].add([event(digest=f"{sender} {n} {part}") for part in range(3)], AT)

    with ThreadPoolExecutor(4) as threads:
        sending = [threads.submit(send, sender) for sender in range(4)]
        while len(seen) < 120 and not (all(each.done() for each in sending) and reader.last() == len(seen)):
            seen += [each.seq for each in reader.after(seen[-1] if seen else 0, 1_000)]
        for each in sending:
            each.result()
    assert seen == list(range(1, 121))


def test_what_cannot_be_understood_is_kept_once_in_the_same_order_and_the_newest_of_it(again: Again) -> None:
    odd = [Aside(f"pubsub:s:{name}", "is no JSON", "\ufffd \U0001f600") for name in ("a", "b")]
    assert again().add([event()], AT, "pubsub:s:1", odd) == 1
    assert again().add([event(Kind.FAILED)], AT, "pubsub:s:1", odd) == 0
    assert again().add([event(Kind.FAILED)], AT + timedelta(days=1)) == 1
    assert [again().last(), again().aside(0, 4), again().aside(2, 3), again().aside(3, 4)] == [4, 2, 1, 0]
    assert [each.event.kind for each in again().after(0, 10)] == [Kind.START, Kind.FAILED]
    assert [(each.seq, each.aside) for each in again().newest_aside(AT, 10)] == [(3, odd[1]), (2, odd[0])]
    assert again().newest_aside(AT + timedelta(seconds=1), 10) == []
    later = AT + KEPT + timedelta(hours=1)
    again().add([], later, "pubsub:s:2", odd[:1])
    assert [each.seq for each in again().newest_aside(AT, 10)] == [5]
    again().add([event(digest="no more than an event")], later + KEPT + timedelta(hours=1))
    assert again().newest_aside(AT, 10) == [], "by its age, whatever comes after it"
