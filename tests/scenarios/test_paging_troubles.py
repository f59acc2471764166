"""Pages while something outside is in trouble: a channel that hangs or asks to wait, a clock, a page that is bad."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count

import pytest

from bot.domain.delivery import Kind, Outcome, Page, PageState, Queued
from bot.domain.errors import StateUnavailable
from bot.domain.findings.severity import Severity
from bot.domain.incidents.response import Response
from bot.scheduler import response_lanes, running
from bot.services import paging
from bot.services.paging import LEASE
from bot.services.vitals import UNDELIVERED_S, CheckFailed, Paged, Vitals
from tests.support.gate_story import START, finding
from tests.support.pager import YES, FakePager, PagedStory, person, queued

LOST = finding("Gamebook", severity="P0", impact=("Summary",))
BUSY = Outcome(Kind.NO, "ratelimited", retry_after=600)
SOON_S = 5.0


def told(*pagers: FakePager) -> tuple[PagedStory, Response]:
    """A P0 whose own pages are sent."""
    story = PagedStory(START, *pagers)
    story.held = [LOST]
    story.look()
    story.paged()
    for pager in story.pagers:
        pager.tries.clear()
    response = story.state.response(story.incident.id)
    assert response is not None
    return story, response


def add(story: PagedStory, *pages: Queued) -> None:
    with story.state.transaction() as tx:
        tx.pages.add(pages)


@contextmanager
def lanes_at_work(story: PagedStory) -> Iterator[None]:
    with running(
        response_lanes(story.escalation, story.paging, story.auditor()), Vitals(lambda: 0.0), story.paging.stop
    ):
        yield


class Hanging:
    """A call that hangs until it is let go; `arrived` are the pages of the other channel."""

    def __init__(self, hangs: Callable[[Page], bool]) -> None:
        self.let_go, self.arrived, self._hangs = threading.Event(), threading.Semaphore(0), hangs

    def slack(self, page: Page) -> Outcome:
        if self._hangs(page):
            self.let_go.wait(SOON_S)
            return Outcome(Kind.AMBIGUOUS, "no answer in time")
        self.arrived.release()
        return YES

    def voice(self, _page: Page) -> Outcome:
        self.arrived.release()
        return YES


def test_a_p0_waits_for_no_p3_of_thousands_whose_channel_hangs() -> None:
    story, response = told()
    hanging = Hanging(lambda page: page.severity is Severity.P3)
    story.pagers[0].answer = hanging.slack
    add(story, *(queued(f"p3-{n}", severity=Severity.P3, of=response) for n in range(5_000)))
    with lanes_at_work(story):
        add(story, queued("p0", of=response))
        assert hanging.arrived.acquire(timeout=SOON_S)
        hanging.let_go.set()


def test_a_channel_that_hangs_leaves_a_thread_to_the_others() -> None:
    story, response = told()
    hanging = Hanging(lambda _: True)
    story.pagers[0].answer, story.pagers[1].answer = hanging.slack, hanging.voice
    add(story, *(queued(f"a{n}", of=response) for n in range(6)), queued("b", "voice", of=response))
    with lanes_at_work(story):
        assert hanging.arrived.acquire(timeout=SOON_S - 1)
        hanging.let_go.set()


def test_a_wait_that_a_channel_names_holds_for_every_page_that_goes_by_it() -> None:
    story, response = told(FakePager("slack"))
    slack = story.pagers[0]
    slack.answer = lambda _: BUSY
    add(story, *(queued(f"p{n}", of=response) for n in range(5)))
    story.paging.deliver()
    assert len(slack.tries) == 1
    story.stand_still(10.1)
    slack.answer = lambda _: YES
    story.paging.deliver()
    assert len(slack.tries) == 6


def test_a_wait_of_seconds_leaves_the_others_untouched() -> None:
    """A thousand that wait for two seconds would be two thousand changes of the state."""
    story, response = told(FakePager("slack"))
    story.pagers[0].answer = lambda _: Outcome(Kind.NO, "ratelimited", retry_after=2)
    add(story, *(queued(f"p{n}", of=response) for n in range(5)))
    story.paging.deliver()
    assert [each.page.attempts for each in story.state.pages_unsent()] == [1, 0, 0, 0, 0]
    story.pagers[0].answer = lambda _: YES
    story.stand_still(0.05)
    story.paging.deliver()
    assert story.state.pages_unsent() == []


def test_a_channel_that_wants_ten_minutes_is_followed_by_the_next_at_once() -> None:
    story = PagedStory(START, FakePager("slack", answer=lambda _: BUSY), FakePager("mail"))
    story.held = [LOST]
    story.look()
    story.look()
    assert [channel for _, channel in story.paged()] == ["mail"]


def test_what_is_worse_and_comes_meanwhile_is_not_behind_a_long_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    story, response = told(FakePager("slack"))
    ticks = count(step=paging.TURN_S / 2)
    monkeypatch.setattr(story.paging, "_seconds", lambda: next(ticks))
    slack = story.pagers[0]

    def late(_page: Page) -> Outcome:
        if len(slack.tries) == 1:
            add(story, queued("worse", severity=Severity.P1, of=response))
        return YES

    slack.answer = late
    add(story, *(queued(f"p3-{n}", severity=Severity.P3, of=response) for n in range(20)))
    for _ in range(2):
        story.paging.deliver(lambda severity: severity is not Severity.P0)
    assert [page.id for page in slack.tries].index("worse") < 3


def test_one_page_that_cannot_be_tried_takes_no_other_with_it() -> None:
    story, response = told(FakePager("slack"))

    def bad(page: Page) -> Outcome:
        if page.id == "a":
            raise ValueError("no")
        return YES

    story.pagers[0].answer = bad
    add(story, queued("a", of=response), queued("b", of=response))
    with pytest.raises(ValueError, match="no"):
        story.paging.deliver()
    assert [page.id for page in story.pagers[0].taken] == ["b"]


def test_a_state_that_is_away_is_asked_once_a_turn() -> None:
    story, response = told(FakePager("slack"))
    asked = []

    def away(page: Page) -> Outcome:
        asked.append(page.id)
        raise StateUnavailable("down")

    story.pagers[0].answer = away
    add(story, queued("a", of=response), queued("b", of=response))
    with pytest.raises(StateUnavailable):
        story.paging.deliver()
    assert len(asked) == 1


@pytest.mark.parametrize("step", [timedelta(seconds=-300), timedelta(hours=-1), timedelta(days=-1)], ids=str)
def test_a_clock_that_is_put_back_delays_no_page(step: timedelta) -> None:
    story, response = told(FakePager("slack"))
    slack = story.pagers[0]
    slack.answer = lambda _: Outcome(Kind.NO, "not reached")
    add(story, queued("p", of=response))
    story.paging.deliver()
    slack.answer = lambda _: YES
    story.set_clock(step)
    story.stand_still(0.05)
    story.paging.deliver()
    assert [page.id for page in slack.taken] == ["p"]


def test_what_a_channel_took_while_the_disk_was_full_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The webhook cannot be asked what it took, so that only this process knows."""
    story, response = told(FakePager("webhook", sees=False))
    [webhook] = story.pagers

    def full() -> None:
        raise StateUnavailable("disk I/O error")

    with monkeypatch.context() as patched:

        def takes(_page: Page) -> Outcome:
            patched.setattr(story.state, "transaction", full)
            return YES

        webhook.answer = takes
        add(story, queued("p", "webhook", of=response))
        with pytest.raises(StateUnavailable):
            story.paging.deliver()
        story.stand_still(2)
        with pytest.raises(StateUnavailable):
            story.paging.deliver()
    story.paging.deliver()
    assert [page.id for page in webhook.tries] == ["p"]
    assert story.paging.unreached() == []


def test_a_page_that_reaches_nobody_is_wrong_until_another_way_has() -> None:
    story, response = told()
    clock = [0.0]
    check = Paged(story.paging.unreached, lambda: clock[0])
    story.pagers[0].answer = lambda _: Outcome(Kind.NO, "token_revoked", permanent=True)
    story.pagers[1].answer = lambda _: Outcome(Kind.NO, "not reached")
    add(story, queued("p", of=response, person="Ben"))
    story.paging.deliver()
    check()
    clock[0] = UNDELIVERED_S + 1
    with pytest.raises(CheckFailed, match=r"2 pages of P0 or P1 not sent yet \(INC-1 to Ben by (slack|voice)"):
        check()
    story.pagers[1].answer = lambda _: YES
    story.stand_still(0.1)
    story.paging.deliver()
    check()


def test_what_is_sent_and_what_fails_is_counted() -> None:
    story = PagedStory(START, FakePager("slack", answer=lambda _: Outcome(Kind.NO, "not reached")), FakePager("voice"))
    story.held = [LOST]
    story.look()
    assert story.metrics.counts == {("paged", "slack", "P0", "no"): 1, ("paged", "voice", "P0", "yes"): 1}
    assert {each.state for each in story.state.pages_unsent()} == {PageState.PENDING}


STEPS = [timedelta(seconds=-300), timedelta(hours=-1), timedelta(days=-1), timedelta(hours=1), timedelta(days=1)]


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_clock_that_is_set_moves_no_step_of_the_escalation(step: timedelta) -> None:
    story, _ = told()
    story.fast_forward(2)
    story.set_clock(step)
    story.fast_forward(2.5)
    assert story.paged() == []
    story.fast_forward(1)
    assert [channel for _, channel in story.paged()] == ["slack", "voice"]


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=1)], ids=str)
def test_a_clock_that_is_set_makes_no_acknowledgement_longer_or_shorter(step: timedelta) -> None:
    story, _ = told()
    story.responses.take_over(story.incident, person("Zoe"), story.now)
    story.fast_forward(10)
    story.set_clock(step)
    story.fast_forward(19)
    assert story.paged() == []
    story.fast_forward(3)
    assert [channel for _, channel in story.paged()] == ["slack", "voice"]


def test_a_step_of_the_clock_while_the_state_is_away_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    story, _ = told()

    def away() -> None:
        raise StateUnavailable("down")

    story.set_clock(timedelta(hours=1))
    with monkeypatch.context() as patched:
        patched.setattr(story.state, "transaction", away)
        with pytest.raises(StateUnavailable):
            story.escalation.tick()
    story.fast_forward(4.5)
    assert story.paged() == []
    story.fast_forward(1)
    assert [channel for _, channel in story.paged()] == ["slack", "voice"]


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_clock_that_is_set_while_no_process_runs_moves_no_step(step: timedelta) -> None:
    story, _ = told()
    story.fast_forward(2)
    story.set_clock(step)
    story.stand_still(1)
    story.restart()
    story.fast_forward(1.5)
    assert story.paged() == []
    story.fast_forward(1)
    assert [channel for _, channel in story.paged()] == ["slack", "voice"]


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(days=-1)], ids=str)
def test_a_clock_that_is_put_back_as_the_machine_starts_holds_no_page_for_longer_than_its_step(
    step: timedelta,
) -> None:
    story, _ = told()
    story.set_clock(step)
    story.restart("another")
    story.fast_forward(5.5)
    assert [channel for _, channel in story.paged()] == ["slack", "voice"]


def test_a_clock_that_is_put_forward_as_the_machine_starts_takes_one_step_early_and_no_other() -> None:
    story, _ = told()
    story.set_clock(timedelta(days=1))
    story.restart("another")
    story.fast_forward(1)
    assert [channel for _, channel in story.paged()] == ["slack", "voice"]
    story.fast_forward(3.5)
    assert story.paged() == []


@pytest.mark.parametrize(("boot", "within"), [("the same", 0.1), ("another", 5.5)])
def test_a_clock_that_is_put_back_while_no_process_runs_holds_no_page_that_waits(boot: str, within: float) -> None:
    """One was tried in vain, and one was on its way when the process was killed."""
    story, response = told(FakePager("slack"))
    [slack] = story.pagers
    slack.answer = lambda _: Outcome(Kind.NO, "not reached")
    add(story, queued("waits", of=response))
    story.paging.deliver()
    add(story, queued("begun", of=response))
    with story.state.transaction() as tx:
        begun = next(each for each in story.state.pages_due(story.now) if each.page.id == "begun")
        assert tx.pages.claim(begun, story.now, story.now + LEASE)
    slack.answer = lambda _: YES
    story.set_clock(timedelta(days=-1))
    story.restart(boot)
    story.paging.deliver()
    story.stand_still(within)
    story.paging.deliver()
    assert "waits" in [page.id for page in slack.taken]
    story.stand_still(LEASE.total_seconds() / 60)
    story.paging.deliver()
    assert sorted(page.id for page in slack.taken) == ["begun", "waits"]


def test_what_begins_right_after_a_step_of_the_clock_is_paged_at_once() -> None:
    story = PagedStory(START)
    story.look()
    story.set_clock(timedelta(hours=1))
    story.held = [LOST]
    story.look()
    assert [channel for _, channel in story.paged()] == ["slack", "voice"]


def test_a_clock_that_is_put_forward_doubles_no_page_that_is_under_way() -> None:
    story, response = told(FakePager("slack"))
    slack = story.pagers[0]

    def another_turn_meanwhile(_page: Page) -> Outcome:
        if len(slack.tries) == 1:
            story.set_clock(timedelta(hours=1))
            story.paging.deliver()
        return YES

    slack.answer = another_turn_meanwhile
    add(story, queued("p", of=response))
    story.paging.deliver()
    story.fast_forward(1)
    assert [page.id for page in slack.tries] == ["p"]


def test_one_incident_that_cannot_be_escalated_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    story = PagedStory(START)
    story.held = [LOST, finding("Boxscore", severity="P0")]
    story.gate.tick(START, story.held)
    act, done = story.escalation.act, list[str]()

    def bad_at_first(incident: str, now: datetime) -> None:
        done.append(incident)
        if len(done) == 1:
            raise ValueError("no")
        act(incident, now)

    monkeypatch.setattr(story.escalation, "act", bad_at_first)
    with pytest.raises(ValueError, match="no"):
        story.escalation.tick()
    assert [each.incident for each in story.state.pages_unsent()] == [done[1]] * 2
