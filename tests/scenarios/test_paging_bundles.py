"""A person who was paged three times in five minutes gets the rest as one page, and nothing is lost."""

from datetime import timedelta

from bot.domain.delivery import Kind, Outcome, Page, PageState, Queued
from bot.domain.escalation.bundles import WITHIN
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy, Ladder, Step
from bot.services.acknowledging import Acknowledging
from tests.support.gate_story import START, finding
from tests.support.pager import YES, FakePager, PagedStory, person

NAMES = tuple(f"Raw{number:02}" for number in range(1, 20))
REFUSED = Outcome(Kind.NO, "account_inactive", permanent=True)


def paged(count: int, *pagers: FakePager, severity: str = "P0") -> PagedStory:
    """So many incidents, one after the other within a minute."""
    story = PagedStory(START, *(pagers or (FakePager("slack"),)))
    for _ in range(count):
        more(story, 1, severity)
    return story


def more(story: PagedStory, count: int, severity: str = "P0") -> None:
    new = NAMES[len(story.held) :][:count]
    story.held = [*story.held, *(finding(name, severity=severity) for name in new)]
    story.stand_still(0.1)
    story.look()


def told(pages: list[Page]) -> list[set[str]]:
    """The incidents that each page to the first person tells of."""
    return [set(page.text.split()) for page in pages if page.person == pages[0].person]


def outbox(story: PagedStory) -> dict[str, Queued]:
    """The page of each incident."""
    found = [story.state.pages_of(f"{each.id}:1") for each in story.state.open_incidents()]
    return {page.page.label: page for pages in found for page in pages}


def test_the_fourth_waits_for_its_turn_and_takes_all_that_came_since_with_it() -> None:
    story = paged(3)
    more(story, 2)
    more(story, 4)
    assert told(story.pagers[0].tries) == [{"INC-1"}, {"INC-2"}, {"INC-3"}]
    story.stand_still(WITHIN / timedelta(minutes=1) - 0.4)
    story.look()
    assert told(story.pagers[0].tries)[3:] == [{f"INC-{number}" for number in range(4, 10)}]
    assert {page.state for page in outbox(story).values()} == {PageState.SENT}


def test_many_at_once_are_one_page() -> None:
    story = paged(0)
    more(story, 5)
    assert told(story.pagers[0].tries) == [{"INC-1", "INC-2", "INC-3", "INC-4", "INC-5"}]


def test_what_is_graver_than_all_that_was_sent_does_not_wait() -> None:
    story = paged(0, FakePager("slack"), FakePager("voice", "twilio"))
    for _ in range(3):
        more(story, 1, "P1")
    story.fast_forward(30.5)
    quiet = len(story.pagers[0].tries)
    more(story, 1)
    assert told(story.pagers[0].tries)[quiet:] == [{"INC-4"}]


def test_what_is_acknowledged_meanwhile_is_left_out() -> None:
    story = paged(3)
    more(story, 3)
    fourth = next(each for each in story.state.open_incidents() if each.number == 4)
    story.responses.take_over(fourth, person("Zoe"), story.now)
    story.stand_still(6)
    story.look()
    assert set().union(*told(story.pagers[0].tries)[3:]) == {"INC-5", "INC-6"}


def test_a_page_that_its_channel_refuses_carries_nothing_and_each_takes_the_next_way() -> None:
    story = paged(0, FakePager("slack", answer=lambda _: REFUSED), FakePager("mail"))
    more(story, 5)
    for _ in range(6):
        story.look()
    assert set().union(*told(story.pagers[1].taken)) == {f"INC-{number}" for number in range(1, 6)}


def test_nobody_knows_whether_it_was_taken_so_it_is_looked_for_with_all_that_it_carries() -> None:
    slack = FakePager("slack", answer=lambda _: Outcome(Kind.AMBIGUOUS, "no answer in time"))
    story = paged(0, slack)
    more(story, 5)
    assert sorted(each.state for each in outbox(story).values()) == ["carried"] * 4 + ["unclear"]
    story.stand_still(0.1)
    story.look()
    assert {each.state for each in outbox(story).values()} == {PageState.SENT}
    assert len(slack.tries) == 1


def test_what_a_page_carries_that_is_cancelled_goes_by_itself() -> None:
    """Nobody knows whether it was taken, and whoever it is about has it meanwhile: the others still have nobody."""
    slack = FakePager("slack", answer=lambda _: Outcome(Kind.AMBIGUOUS, "no answer"), arrives=lambda _: False)
    story = paged(0, slack)
    more(story, 5)
    head = next(each for each in outbox(story).values() if each.state is PageState.UNCLEAR)
    story.responses.take_over(story.responses.incident(head.incident), person("Zoe"), story.now)
    slack.answer = lambda _: YES
    story.stand_still(1)
    story.look()
    everybody = {f"INC-{number}" for number in range(1, 6)}
    assert set().union(*told(slack.taken)) == everybody - {head.page.label}


def test_a_kill_after_the_channel_took_it_sends_nothing_twice_and_loses_nothing() -> None:
    story = paged(0)
    slack = story.pagers[0]

    def takes_and_dies(page: Page) -> Outcome:
        slack.taken.append(page)
        raise SystemExit

    slack.answer = takes_and_dies
    try:
        more(story, 5)
    except SystemExit:
        story.restart()
    slack.answer = lambda _: YES
    story.stand_still(1)
    story.look()
    assert told(slack.taken) == [{"INC-1", "INC-2", "INC-3", "INC-4", "INC-5"}]
    assert {each.state for each in outbox(story).values()} == {PageState.SENT}


def test_a_pager_with_a_state_of_its_own_gets_each_page() -> None:
    pager = FakePager("pagerduty")
    ladder = Ladder((Step(timedelta(), ("primary",), ("pagerduty",)),))
    policy = EscalationPolicy({**EscalationPolicy().ladders, Severity.P0: ladder})
    story = PagedStory(START, pager, policy=policy)
    more(story, 5)
    assert len(pager.taken) == 5


def test_a_digit_takes_all_that_the_call_has_told_of() -> None:
    story = paged(0)
    more(story, 5)
    [call] = story.pagers[0].taken
    taking = Acknowledging(story.state, lambda: story.responses, lambda: story.now, lambda: story.now)
    head = story.state.incident(next(each.incident for each in outbox(story).values() if each.page.id == call.id))
    assert head is not None
    story.responses.take_over(head, person("Zoe"), story.now)
    assert head not in taking.by_call(call.id), "it is somebody else's since"
    assert {each.owner for each in story.state.responses_open()} == {call.person, "Zoe"}
