"""Of a history without the column `trigger`, what fails between the slots of a poller counts as a poll."""

from datetime import timedelta

import pytest

from bot.domain.detection import spikes, streaks
from bot.domain.evidence.attempts import scheduled
from bot.domain.evidence.observation import Observed, RunSeen
from bot.domain.evidence.runs import Category, Status, Trigger
from bot.domain.evidence.untold import LATE, with_polls_named
from bot.domain.platform.registry import Registry
from tests.support.days import BOX, JUDGED, SLOT, day, processor, run

MINUTE = timedelta(minutes=1)


def registry(**changed: object) -> Registry:
    return Registry.model_validate({"timezone": "America/New_York", "processors": [{**BOX, **changed}]})


def named(*runs: RunSeen, polling: bool = True) -> list[RunSeen]:
    return list(with_polls_named(Observed(runs, (), (), (), ()), registry(polling=polling)).runs)


def failed(minutes: float, trigger: str = "") -> RunSeen:
    start = SLOT + minutes * MINUTE
    return run(Status.FAILED, None, start, Category.PROCESSING_ERROR, trigger=trigger)


@pytest.mark.parametrize(("minutes", "poll"), [(-60, True), (-2, True), (0, False), (4, False), (6, True), (90, True)])
def test_a_failure_is_the_slots_own_only_where_a_slots_run_begins(minutes: int, poll: bool) -> None:
    [each] = named(failed(minutes))
    assert (each.trigger == Trigger.UNTOLD) is poll
    assert (scheduled([each]) == []) is poll


def test_what_is_told_what_worked_and_what_does_not_poll_stay_as_they_are() -> None:
    told, worked = (
        failed(90, "retry")._replace(attempt=2),
        run(Status.SUCCESS, 7, SLOT + timedelta(hours=2), trigger=""),
    )
    assert named(told, worked) == [told, worked]
    assert named(failed(90), polling=False) == [failed(90)]
    assert list(with_polls_named(Observed((failed(90),), (), (), (), ()), Registry(processors=())).runs) == [failed(90)]


def test_a_retry_that_does_not_say_which_it_is_may_be_one_of_a_poll() -> None:
    assert [each.trigger for each in named(failed(90, "retry"), failed(3, "retry"))] == [Trigger.UNTOLD, "retry"]


def test_quick_retries_of_polls_are_no_failures_in_a_row() -> None:
    runs = [failed(30), failed(31), failed(32)]

    def streak(found: list[RunSeen]) -> bool:
        box = day(processor=processor(polling=True), runs=[])
        for each in found:
            box.take(each)
        return streaks.detect(box, JUDGED, lambda _: False, lambda _: streaks.Dependents.NONE) is not None

    assert streak(runs)
    assert not streak(named(*runs))


def test_a_slot_with_a_failure_that_may_be_its_own_is_not_missing() -> None:
    late, early = (day(runs=[], runs_due=True) for _ in range(2))
    [after], [before] = named(failed(30)), named(failed(-30))
    late.take(after)
    early.take(before)
    assert (after.trigger, before.trigger) == (Trigger.UNTOLD, Trigger.UNTOLD)
    assert (late.has_run(), early.has_run()) == (True, False)
    assert timedelta() < LATE < timedelta(minutes=30)


@pytest.mark.parametrize(
    ("first", "then", "spike"), [((0.5, True), (2, False), False), ((0.5, False), (3, True), True)]
)
def test_what_fails_beside_a_slot_that_has_worked_is_a_poll_and_no_spike(
    first: tuple[float, bool], then: tuple[float, bool], spike: bool
) -> None:
    def begun(hour: int, minutes: float, worked: bool) -> RunSeen:
        each = failed(60 * hour + minutes)
        return each._replace(status=Status.SUCCESS, records=7) if worked else each

    runs = [begun(hour, *each) for hour in range(5) for each in (first, then)]

    def failing(run: RunSeen) -> Category | None:
        return Category.PROCESSING_ERROR if run.status is Status.FAILED else None

    def found(*, polling: bool) -> bool:
        hour, now = timedelta(hours=1), SLOT + timedelta(hours=5)
        return spikes.detect("Box", runs, failing, now, dense=True, apart=hour, polling=polling) is not None

    assert (found(polling=True), found(polling=False)) == (spike, True)
