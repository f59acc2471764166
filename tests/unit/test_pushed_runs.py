"""The run that events tell of: the same in whatever order they come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.pushed.events import ENDS, Event, Kept, Kind, RunKey, in_our_time
from bot.domain.pushed.folding import PushedRun, folded

DAY, AT = date(2026, 1, 15), datetime(2026, 1, 16, 6, tzinfo=UTC)
KEY = RunKey("Box", "r1", 0)


def event(kind: Kind, minutes: float = 0, **other: object) -> Event:
    made = Event(KEY, kind, AT + timedelta(minutes=minutes), f"{kind} {minutes} {other}", data_date=DAY)
    return replace(made, **other)  # type: ignore[arg-type]


START, BEAT = event(Kind.START), event(Kind.HEARTBEAT, 5)
SUCCESS = event(Kind.SUCCESS, 7, records=120)
FAILED = event(Kind.FAILED, 8, error="boom", category="timeout")


def kept(events: Sequence[Event]) -> list[Kept]:
    return [Kept(seq, AT + timedelta(minutes=30, seconds=seq), each) for seq, each in enumerate(events, 1)]


def run_of(*events: Event) -> PushedRun:
    (found,) = folded(kept(events))
    return found


def told(run: PushedRun) -> PushedRun:
    """Without what the order of arrival may change."""
    return replace(run, known_at=AT, earlier_starts=())


def test_a_run_from_its_start_to_its_end() -> None:
    assert run_of(START).status == "running"
    run = run_of(START, BEAT, SUCCESS)
    assert (run.status, run.records, run.started_at, run.completed_at) == ("success", 120, AT, SUCCESS.at)
    assert (run.heartbeat_at, run.remarks) == (BEAT.at, ())


def test_any_order_gives_the_same_run() -> None:
    runs = [run_of(*order) for order in permutations([START, BEAT, SUCCESS, FAILED])]
    assert len({told(run) for run in runs}) == 1
    assert (runs[0].status, runs[0].error) == ("failed", "boom")
    assert runs[0].remarks == (
        "its events contradict each other: success with 120 rows at 06:07:00 UTC and failed at 06:08:00 UTC; "
        "it counts as failed",
    )


def test_an_end_is_never_taken_back() -> None:
    late = [event(Kind.HEARTBEAT, 90), event(Kind.START, 1)]
    assert run_of(SUCCESS, *late).status == "success"


def test_a_failure_without_a_start_is_a_failure_and_takes_its_start_when_that_comes() -> None:
    alone = run_of(FAILED)
    assert (alone.status, alone.started_at, alone.remarks) == ("failed", FAILED.at, ())
    run = run_of(FAILED, BEAT, START)
    assert (run.started_at, run.earlier_starts) == (AT, (FAILED.at, BEAT.at))


def test_an_event_without_a_date_is_about_the_date_that_others_name() -> None:
    run = run_of(replace(FAILED, data_date=None), START)
    assert (run.data_date, run.status) == (DAY, "failed")
    assert run_of(replace(FAILED, data_date=None)).data_date is None


def test_dates_and_attempts_are_runs_of_their_own() -> None:
    other = replace(SUCCESS, data_date=DAY + timedelta(days=1))
    again = replace(SUCCESS, key=KEY._replace(attempt=2))
    assert [run.status for run in folded(kept([START, other, again]))] == ["running", "success", "success"]


def test_a_clock_that_is_off_is_put_right_where_it_is_known_and_else_held_back() -> None:
    sent_at, now = AT + timedelta(hours=3), AT
    ahead = replace(START, at=AT + timedelta(hours=2, minutes=58), started_at=AT + timedelta(hours=2, minutes=58))
    right = in_our_time(ahead, now, sent_at)
    assert (right.at, right.started_at, right.clock_off) == (AT - timedelta(minutes=2),) * 2 + (timedelta(hours=3),)
    assert in_our_time(ahead, now, None).at == now
    assert in_our_time(START, now + timedelta(days=3), None) == START
    assert run_of(right).remarks == ("its sender's clock is 3 h ahead: times are put right",)


EVENTS = st.builds(
    lambda kind, minutes, dated, rows, started: event(
        kind,
        minutes,
        data_date=DAY if dated else None,
        records=rows,
        started_at=AT if started else None,
    ),
    st.sampled_from(Kind),
    st.integers(0, 20),
    st.booleans(),
    st.none() | st.integers(0, 3),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=6, unique_by=lambda each: each.digest), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(events: list[Event], random: object) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert told(run_of(*events)) == told(run_of(*shuffled))
    assert (run_of(*events).status == "running") == (not any(each.kind in ENDS for each in events))
    ended = [run_of(*shuffled[:count]).status != "running" for count in range(1, len(shuffled) + 1)]
    assert ended == sorted(ended)
