"""A page for practice, on every state: marked TEST, by every channel, never again, and in no figure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access import Identity, Origin, Role
from bot.domain.delivery import Act, Kind, Outcome, PageState
from bot.domain.errors import BadInput
from bot.domain.escalation.practice import Practice
from bot.domain.incidents.escalation_policy import EscalationPolicy, Ladder
from bot.services.access import NotAllowed
from bot.services.acknowledging import Acknowledging, NotKnown
from bot.services.practice import PracticeService
from tests.contracts.states import KINDS, opened
from tests.support.gate_story import START
from tests.support.pager import FakePager, PagedStory, person
from tests.support.rotas import PLAN

ANA = person("Ana")
NO = Outcome(Kind.NO, "channel_not_found", permanent=True)
BUSY = Outcome(Kind.NO, "ratelimited", retry_after=5.0)
LOST = Outcome(Kind.AMBIGUOUS, "no answer in time")


class Practised(PagedStory):
    """A story in which people are paged for practice, too."""

    identity, policy = Identity(Origin.MEMBER, Role.RESPONDER), EscalationPolicy()

    @property
    def practice(self) -> PracticeService:
        rules = self.policy, self.paging.target
        return PracticeService(self.state, lambda _: PLAN, *rules, lambda: self.now, lambda _: self.identity)

    def begin(self, name: str = "@dana") -> Practice:
        return self.practice.begin(name, ANA, self.now)

    def states(self, found: Practice) -> dict[str, tuple[PageState, str]]:
        known = self.practice.report(found.pages[0].page.dedup_key, self.now)
        return {each.page.channel: (each.state, each.reason) for each in known.pages}


@pytest.fixture(params=KINDS)
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Practised]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield Practised(START, state=again())


def test_it_goes_out_by_every_channel_marked_test(story: Practised) -> None:
    found = story.begin()
    story.look()
    assert story.states(found) == {"slack": (PageState.SENT, "ok"), "voice": (PageState.SENT, "ok")}
    for pager in story.pagers:
        [page] = pager.taken
        assert (page.person, page.act, page.label) == ("Dana", Act.TEST, "TEST")
        assert page.title.startswith("TEST page")
        assert page.text.startswith("TEST page from Fireline, for practice: Ana asked")
        assert page.text.endswith("TEST: nothing is wrong, and there is nothing to acknowledge.")
    assert story.practice.report(found.pages[0].page.dedup_key, story.now).taken
    [link] = story.state.audit_of("person:Dana")
    assert (link.record.act, link.record.actor) == ("paged_for_practice", ANA.key)


def test_asked_for_twice_it_goes_out_once(story: Practised) -> None:
    story.begin()
    story.look()
    story.begin("Dana")
    story.look()
    assert story.paged() == [("Dana", "slack"), ("Dana", "voice")]
    assert len(story.state.audit_of("person:Dana")) == 1
    story.fast_forward(minutes=6)
    story.begin()
    story.look()
    assert story.paged() == [("Dana", "slack"), ("Dana", "voice")]


def test_nothing_escalates_and_nothing_counts_it(story: Practised) -> None:
    slack, voice = story.pagers
    slack.answer, voice.answer = lambda _: NO, lambda _: LOST
    voice.arrives = lambda _: False
    voice.sees = False
    found = story.begin()
    story.look()
    assert story.states(found)["slack"] == (PageState.REFUSED, "channel_not_found")
    assert story.states(found)["voice"][0] is PageState.UNCLEAR
    story.fast_forward(minutes=5)
    assert story.states(found)["voice"] == (PageState.UNKNOWN, "no answer in time")
    assert (len(slack.tries), len(voice.tries)) == (1, 3)
    assert {each.person for each in slack.tries + voice.tries} == {"Dana"}
    assert story.paging.unreached() == []
    assert story.state.pages_unsent() == []
    assert story.state.open_incidents() == []
    assert not [counted for counted in story.metrics.counts if counted[0] == "paged"]


def test_a_channel_that_asks_to_wait_is_tried_again(story: Practised) -> None:
    answers = iter([BUSY, Outcome(Kind.YES, "ok")])
    story.pagers[0].answer = lambda _: next(answers)
    found = story.begin()
    story.look()
    assert story.states(found)["slack"] == (PageState.PENDING, "ratelimited")
    story.fast_forward(minutes=1)
    assert story.states(found)["slack"] == (PageState.SENT, "ok")


def test_what_could_not_be_sent_for_ten_minutes_is_not_sent(story: Practised) -> None:
    found = story.begin()
    story.stand_still(minutes=11)
    story.look()
    assert story.paged() == []
    assert story.states(found)["slack"] == (PageState.REFUSED, "too late to be of use")


def test_a_pager_that_goes_on_by_itself_is_told_that_it_is_over() -> None:
    story = Practised(START, FakePager("slack"), pager := FakePager("pagerduty"))
    story.policy = EscalationPolicy({each: _by_pager(ladder) for each, ladder in EscalationPolicy().ladders.items()})
    [page] = story.begin().pages
    story.look()
    story.look()
    assert page.page.channel == "pagerduty"
    assert [each.act for each in pager.taken] == [Act.TEST, Act.RESOLVE]
    assert {each.dedup_key for each in pager.taken} == {page.page.dedup_key}


def _by_pager(ladder: Ladder) -> Ladder:
    return replace(ladder, steps=tuple(replace(step, by=("pagerduty",)) for step in ladder.steps))


@pytest.mark.parametrize(
    ("name", "said"), [("eve", "'eve' is no person and no rota"), ("primary", "Name one person"), ("", "Whom?")]
)
def test_only_a_person_is_paged_for_practice(name: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Practised(START).begin(name)


def test_whom_nothing_reaches_is_said() -> None:
    story = Practised(START, FakePager("slack", reaches=frozenset()))
    with pytest.raises(BadInput, match=r"Dana cannot be reached by slack or voice: see oncall\.yaml"):
        story.begin()


def test_a_channel_that_does_not_reach_them_is_named() -> None:
    story = Practised(START, FakePager("slack"))
    found = story.begin()
    story.look()
    known = story.practice.report(found.pages[0].page.dedup_key, story.now)
    assert (known.unreached, known.over, known.taken) == (("voice",), True, False)


def test_a_viewer_pages_nobody_for_practice() -> None:
    story = Practised(START)
    story.identity = Identity(Origin.MEMBER, Role.VIEWER, named=True)
    with pytest.raises(NotAllowed, match="You are a viewer: a responder can page somebody for practice"):
        story.begin()
    assert story.state.pages_unsent() == []


def test_a_digit_in_its_call_acknowledges_nothing() -> None:
    story = Practised(START)
    found = story.begin()
    story.look()
    taking = Acknowledging(story.state, lambda: story.responses, lambda: story.now, lambda: story.now)
    with pytest.raises(NotKnown, match="It was a test: there is nothing to acknowledge"):
        taking.by_call(found.pages[0].page.id)


def test_a_clock_that_was_set_sends_nothing_twice() -> None:
    story = Practised(START)
    story.begin()
    story.look()
    story.set_clock(timedelta(hours=-1))
    story.look()
    assert story.paged() == [("Dana", "slack"), ("Dana", "voice")]
