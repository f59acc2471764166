"""An incident that reaches people: who is paged, when, by what, until somebody has it."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain, repeat

import pytest

from bot.domain.delivery import Act, Kind, Outcome, Page, PageState
from bot.domain.errors import BadInput
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy, Ladder, Step
from bot.domain.incidents.response import ResponseState
from bot.domain.incidents.timeline import EntryKind
from bot.domain.oncall.on_call import everyone_on_call
from bot.domain.oncall.schedule import Rota
from bot.services.access import NotYours
from tests.support.gate_story import START, finding
from tests.support.pager import YES, FakePager, PagedStory, person
from tests.support.rotas import PLAN

LOST = finding("Gamebook", severity="P0", impact=("Summary",))
SMALL = finding("Gamebook", severity="P1")
UNANSWERED = Outcome(Kind.AMBIGUOUS, "no answer in time")
REFUSED = Outcome(Kind.NO, "not_in_channel", permanent=True)


@pytest.fixture
def people() -> dict[str, str]:
    """Whose turn it is at START, by rota."""
    return {turn.rota: turn.person for turn in everyone_on_call(PLAN, START)}


def begun(*pagers: FakePager, **more: object) -> PagedStory:
    story = PagedStory(START, *pagers, **more)  # type: ignore[arg-type]
    story.held = [LOST]
    story.look()
    return story


def both(name: str) -> list[tuple[str, str]]:
    return [(name, "slack"), (name, "voice")]


def test_a_p0_pages_by_two_ways_and_goes_on_until_it_is_acknowledged(people: dict[str, str]) -> None:
    story = begun()
    assert story.paged() == both(people["primary"])
    story.fast_forward(4.5)
    assert story.paged() == []
    story.fast_forward(1)
    assert story.paged() == both(people["secondary"])
    story.fast_forward(5)
    assert story.paged() == both(people["manager"])
    story.fast_forward(30)
    assert story.paged() == []
    story.fast_forward(6)
    assert story.paged() == both(people["primary"])
    kinds = [entry.kind for entry in story.state.timeline(story.incident.id)]
    assert kinds.count(EntryKind.EXHAUSTED) == 1


def test_an_acknowledgement_ends_it_and_expires(people: dict[str, str]) -> None:
    story = begun()
    story.paged()
    story.responses.acknowledge(story.incident, person(people["primary"]), story.now)
    story.fast_forward(24)
    assert story.paged() == []
    story.fast_forward(2)
    assert story.paged() == [(people["primary"], "slack")]
    story.fast_forward(6)
    assert story.paged() == both(people["primary"])


def test_who_says_that_it_still_holds_is_left_alone_for_as_long_again(people: dict[str, str]) -> None:
    story = begun()
    story.responses.acknowledge(story.incident, person(people["primary"]), story.now)
    story.fast_forward(26)
    story.paged()
    story.responses.acknowledge(story.incident, person(people["primary"]), story.now)
    story.fast_forward(24)
    assert story.paged() == []


def test_somebody_who_was_not_paged_is_asked_whether_they_take_over(people: dict[str, str]) -> None:
    story = begun()
    with pytest.raises(NotYours, match=f"stop the pages to {people['primary']}"):
        story.responses.acknowledge(story.incident, person("Zoe"), story.now)
    story.responses.take_over(story.incident, person("Zoe"), story.now)
    story.paged()
    story.fast_forward(20)
    assert story.paged() == []


def test_whoever_was_paged_may_acknowledge_after_their_turn_is_over(people: dict[str, str]) -> None:
    story = begun()
    story.plan = replace(PLAN, rotas=tuple(Rota(name=each.name, fallback="Dana") for each in PLAN.rotas))
    taken = story.responses.acknowledge(story.incident, person(people["primary"]), story.now)
    assert taken.state is ResponseState.ACKNOWLEDGED


def test_what_becomes_worse_ends_the_acknowledgement_and_begins_at_step_one(people: dict[str, str]) -> None:
    story = PagedStory(START)
    story.held = [SMALL]
    story.fast_forward(2)
    story.responses.take_over(story.incident, person("Zoe"), story.now)
    story.held = [LOST]
    story.fast_forward(1)
    assert story.paged() == both(people["primary"])
    assert "P1 became P0" in " ".join(entry.text for entry in story.state.timeline(story.incident.id))


def test_a_p1_pages_after_half_an_hour_and_the_data_ends_it() -> None:
    story = PagedStory(START)
    story.held = [SMALL]
    story.fast_forward(10)
    story.held = []
    story.fast_forward(40)
    assert story.paged() == []


def test_after_a_stop_of_hours_one_step_is_taken_not_all(people: dict[str, str]) -> None:
    story = begun()
    story.paged()
    story.stand_still(300)
    story.restart()
    story.look()
    assert story.paged() == both(people["secondary"])
    story.fast_forward(4)
    assert story.paged() == []


def test_what_was_resolved_during_a_stop_sends_nothing() -> None:
    down = FakePager("slack", answer=lambda _: Outcome(Kind.NO, "not reached"))
    story = begun(down)
    story.stand_still(60)
    story.held = []
    for _ in range(4):
        story.gate.tick(story.now, [])
        story.stand_still(10)
    down.answer = lambda _: YES
    story.restart()
    story.look()
    assert story.paged() == []


def test_a_step_without_anybody_falls_through_at_once(people: dict[str, str]) -> None:
    alone = replace(PLAN, rotas=(Rota(name="primary", layers=()), *PLAN.rotas[2:]))
    story = begun(plan=alone)
    assert story.paged() == both(people["manager"])
    said = [entry.text for entry in story.state.timeline(story.incident.id)]
    assert said[1:3] == ["Step 1: nobody is primary", "Step 2: there is no rota secondary"]


def test_without_any_rota_it_says_so_and_goes_on() -> None:
    story = begun(plan=replace(PLAN, rotas=()))
    assert story.paged() == []
    response = story.state.response(story.incident.id)
    assert response is not None
    assert response.state is ResponseState.EXHAUSTED or response.next_at is not None


class TestDelivery:
    def test_a_kill_after_the_channel_took_it_pages_nobody_twice(self) -> None:
        slack = FakePager("slack")

        def takes_and_dies(page: Page) -> Outcome:
            slack.taken.append(page)
            raise KeyboardInterrupt

        slack.answer = takes_and_dies
        story = PagedStory(START, slack)
        story.held = [LOST]
        with pytest.raises(KeyboardInterrupt):
            story.look()
        story.restart()
        story.stand_still(1)
        story.look()
        assert len(slack.tries) == 1
        [queued] = story.state.pages_of(f"{story.incident.id}:1")
        assert queued.state is PageState.SENT

    def test_a_kill_before_the_channel_was_asked_loses_nothing(self) -> None:
        slack = FakePager("slack", answer=_dies, arrives=lambda _: False)
        story = PagedStory(START, slack)
        story.held = [LOST]
        with pytest.raises(KeyboardInterrupt):
            story.look()
        slack.answer, slack.taken = (lambda _: YES), []
        story.restart()
        story.stand_still(1)
        story.look()
        assert len(story.paged()) == 1

    def test_nobody_knows_whether_it_was_taken_so_it_is_looked_for(self) -> None:
        slack = FakePager("slack", answer=lambda _: Outcome(Kind.AMBIGUOUS, "no answer in time"))
        story = begun(slack)
        story.fast_forward(2)
        assert len(slack.tries) == 1

    def test_where_nobody_can_look_it_is_repeated_and_says_so(self) -> None:
        answers = iter([Outcome(Kind.AMBIGUOUS, "no answer in time"), YES])
        voice = FakePager("slack", answer=lambda _: next(answers), arrives=lambda _: False, sees=False)
        story = begun(voice)
        story.fast_forward(1)
        assert [page.title.startswith("(possible repeat)") for page in voice.tries] == [False, True]

    def test_a_look_that_gets_no_answer_is_made_again(self) -> None:
        """A Slack that is slow loses the answer to the post, and then that to the look."""
        slack = FakePager("slack", answer=lambda _: UNANSWERED, finds=UNANSWERED)
        story = begun(slack)
        story.fast_forward(0.4, step_s=2)
        slack.finds = None
        story.fast_forward(2)
        assert len(slack.tries) == 1
        [queued] = story.state.pages_of(f"{story.incident.id}:1")
        assert queued.state is PageState.SENT

    def test_where_no_look_is_answered_it_is_repeated_after_five_minutes_and_says_so(self) -> None:
        answers = chain([UNANSWERED], repeat(YES))
        slack = FakePager("slack", answer=lambda _: next(answers), arrives=lambda _: False, finds=UNANSWERED)
        story = begun(slack)
        story.fast_forward(4.9, step_s=5)
        assert len(slack.tries) == 1
        story.fast_forward(0.3, step_s=5)
        repeated = [page.title for page in slack.tries if page.id == slack.tries[0].id]
        assert [title.startswith("(possible repeat)") for title in repeated] == [False, True]

    def test_what_was_refused_for_sure_is_no_repeat(self) -> None:
        answers = iter([Outcome(Kind.NO, "busy", retry_after=5), YES])
        voice = FakePager("slack", answer=lambda _: next(answers), sees=False)
        story = begun(voice)
        story.fast_forward(1)
        assert [page.title.startswith("(possible repeat)") for page in voice.tries] == [False, False]

    def test_what_another_page_has_shown_proves_nothing_of_this_one(self) -> None:
        """A call to the same number, of another incident."""
        answers = iter([Outcome(Kind.AMBIGUOUS, "no answer in time"), YES])
        voice = FakePager("slack", answer=lambda _: next(answers))
        story = begun(voice)
        other = replace(story.state.pages_of(f"{story.incident.id}:1")[0], ref="CA1", state=PageState.SENT)
        with story.state.transaction() as tx:
            tx.pages.add([replace(other, page=replace(other.page, id="another", dedup_key="else"))])
        voice.finds = Outcome(Kind.YES, "seen", ref="CA1")
        story.fast_forward(1)
        assert len(voice.tries) == 2

    def test_a_ticket_is_no_second_way_to_a_person(self) -> None:
        slack = FakePager("slack", answer=lambda _: Outcome(Kind.NO, "account_inactive", permanent=True))
        story = begun(slack, FakePager("jira", wakes=False))
        story.fast_forward(2)
        assert story.paged() == []

    def test_a_channel_that_needs_a_person_is_followed_by_the_next_within_seconds(self) -> None:
        slack = FakePager("slack", answer=lambda _: Outcome(Kind.NO, "account_inactive", permanent=True))
        mail = FakePager("mail")
        story = begun(slack, mail)
        story.look()
        [(_, channel)] = story.paged()
        assert channel == "mail"
        assert "was not reached by slack: account_inactive" in story.state.timeline(story.incident.id)[-1].text

    def test_a_channel_that_does_not_answer_for_a_minute_gets_a_second(self) -> None:
        slack = FakePager("slack", answer=lambda _: Outcome(Kind.NO, "not reached"))
        mail = FakePager("mail")
        story = begun(slack, mail)
        story.fast_forward(0.9)
        assert story.paged() == []
        story.fast_forward(1.1)
        assert [channel for _, channel in story.paged()] == ["mail"]

    def test_retry_after_is_kept(self) -> None:
        slack = FakePager("slack", answer=lambda _: Outcome(Kind.NO, "ratelimited", retry_after=120))
        story = begun(slack)
        story.fast_forward(1.9)
        assert len(slack.tries) == 1
        story.fast_forward(0.5)
        assert len(slack.tries) == 2

    def test_what_is_acknowledged_while_a_send_hangs_is_kept_and_no_page_follows(self) -> None:
        story = PagedStory(START, FakePager("slack"))

        def acknowledged_meanwhile(_page: Page) -> Outcome:
            story.responses.take_over(story.incident, person("Zoe"), story.now)
            return Outcome(Kind.NO, "not reached")

        story.pagers[0].answer = acknowledged_meanwhile
        story.held = [LOST]
        story.look()
        story.fast_forward(20)
        assert len(story.pagers[0].tries) == 1
        response = story.state.response(story.incident.id)
        assert response is not None
        assert (response.state, response.owner) == (ResponseState.ACKNOWLEDGED, "Zoe")


def test_a_pager_with_a_state_of_its_own_is_told_what_has_become_of_it() -> None:
    pager = FakePager("pagerduty")
    policy = EscalationPolicy(
        {**EscalationPolicy().ladders, Severity.P0: Ladder((Step(timedelta(), ("primary",), ("pagerduty",)),))}
    )
    story = begun(pager, policy=policy)
    story.responses.take_over(story.incident, person("Zoe"), story.now)
    story.look()
    story.held = []
    story.fast_forward(20)
    assert [page.act for page in pager.taken] == [Act.TRIGGER, Act.ACKNOWLEDGE, Act.RESOLVE]
    assert len({page.dedup_key for page in pager.taken}) == 1
    assert len({page.id for page in pager.taken}) == 3


def test_a_phone_is_not_called_to_be_told_that_it_is_over() -> None:
    story = begun()
    story.responses.take_over(story.incident, person("Zoe"), story.now)
    story.paged()
    story.held = []
    story.fast_forward(20)
    assert story.paged() == []


def _dies(_page: Page) -> Outcome:
    raise KeyboardInterrupt


def test_what_is_over_cannot_be_acknowledged() -> None:
    story = begun()
    found = story.incident
    story.held = []
    story.fast_forward(20)
    with pytest.raises(BadInput, match="resolved already"):
        story.responses.take_over(found, person("Zoe"), story.now)


def test_an_incident_is_found_by_its_number() -> None:
    story = begun()
    assert story.responses.incident("inc-1") == story.incident
    with pytest.raises(BadInput, match="no incident 'INC-7'"):
        story.responses.incident("INC-7")


def test_what_a_card_says_comes_next_is_what_the_engine_does() -> None:
    story = begun()
    story.paged()
    standing = story.responses.standing(story.incident.id, story.now)
    assert standing is not None
    for coming in standing.coming:
        story.fast_forward((coming.at - story.now) / timedelta(minutes=1))
        assert story.paged() == [pair for name in coming.people for pair in both(name)]


def test_when_all_were_paged_a_card_says_when_the_team_hears_that_nobody_answered() -> None:
    story = begun()
    story.fast_forward(10)
    standing = story.responses.standing(story.incident.id, story.now)
    assert standing is not None
    (coming,) = standing.coming
    assert (standing.response.state, coming.people) == (ResponseState.OPEN, ())
    story.fast_forward((coming.at - story.now) / timedelta(minutes=1))
    response = story.state.response(story.incident.id)
    assert response is not None
    assert response.state is ResponseState.EXHAUSTED


def written(*names: str) -> list[FakePager]:
    return [FakePager("slack"), FakePager("voice"), *(FakePager(name, wakes=False) for name in names)]


def test_a_p1_is_a_mention_at_once_and_a_page_after_half_an_hour(people: dict[str, str]) -> None:
    story = PagedStory(START, *written("mention"))
    story.held = [SMALL]
    story.fast_forward(2)
    assert story.paged() == [(people["primary"], "mention")]
    standing = story.responses.standing(story.incident.id, story.now)
    assert standing is not None
    assert standing.coming[0].at > story.now + timedelta(minutes=25)
    story.fast_forward(27)
    assert story.paged() == []
    story.fast_forward(3)
    assert story.paged() == [(people["primary"], "slack")]


def test_a_mention_that_cannot_be_hurries_no_page_and_calls_nobody(people: dict[str, str]) -> None:
    for pagers in (written(), [*written(), FakePager("mention", wakes=False, answer=lambda _: REFUSED)]):
        story = PagedStory(START, *pagers)
        story.held = [SMALL]
        story.fast_forward(20)
        assert story.paged() == []
        assert story.paging.unreached() == []
        story.fast_forward(12)
        assert story.paged() == [(people["primary"], "slack")]


def test_a_p2_is_one_ticket_and_nobody_is_paged(people: dict[str, str]) -> None:
    story = PagedStory(START, *written("jira"))
    story.held = [replace(SMALL, severity=Severity.P2)]
    story.fast_forward(120)
    assert story.paged() == [(people["primary"], "jira")]
    response = story.state.response(story.incident.id)
    assert response is not None
    assert (response.state, response.next_at) == (ResponseState.OPEN, None)
    assert EntryKind.EXHAUSTED not in {entry.kind for entry in story.state.timeline(story.incident.id)}
