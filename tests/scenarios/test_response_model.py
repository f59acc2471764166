"""Whatever happens in whatever order: one incident is at each moment as a small model of it says, and pages so.

The model knows states and people; the auditor, which knows what must never be stored, is asked as time passes.
"""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain.delivery import UNSENT, Act, Kind, Outcome, Page, PageState
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import Response, ResponseState
from bot.ports.fakes.state import FakeState
from bot.services.access import NotYours
from tests.support.gate_story import START, finding
from tests.support.pager import YES, FakePager, PagedStory, person

OPEN, ACKED, MITIGATED = ResponseState.OPEN, ResponseState.ACKNOWLEDGED, ResponseState.MITIGATED
RESOLVED, EXHAUSTED = ResponseState.RESOLVED, ResponseState.EXHAUSTED
HELD_FOR = {"P0": timedelta(minutes=30), "P1": timedelta(hours=1)}
PEOPLE = st.sampled_from(["Ana", "Ben", "Chris", "Dana", "Zoe"])
ANSWERS = {
    "takes it": YES,
    "is busy": Outcome(Kind.NO, "ratelimited", retry_after=20),
    "refuses": Outcome(Kind.NO, "account_inactive", permanent=True),
    "says nothing": Outcome(Kind.AMBIGUOUS, "no answer in time"),
}


LOOKS = 5
REPEATS = timedelta(hours=20)
"""What fails again within it is the same incident."""


class OneIncident(RuleBasedStateMachine):
    """`state`, `severity`, `owner` and `until` are the model's."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = FakeState()
        self.story = PagedStory(START, FakePager("slack"), FakePager("voice", "twilio"), state=self.memory)
        self.auditor = self.story.auditor()
        self.state: ResponseState | None = None
        self.severity, self.owner, self.episode = "P1", "", 0
        self.until, self.facts_hold, self.is_proved = START, True, False

    # What happens

    @initialize(severity=st.sampled_from(["P0", "P1"]), how=st.sampled_from(sorted(ANSWERS)))
    def it_begins(self, severity: str, how: str) -> None:
        self.a_channel_changes(0, how)
        self.it_fails(severity)

    @precondition(lambda self: self.story.now - START < REPEATS)
    @rule(severity=st.sampled_from(["P0", "P1"]))
    def it_fails(self, severity: str) -> None:
        self.story.held = [finding("Gamebook", severity=severity)]
        self._pass(minutes=1)

    @rule()
    def the_data_is_right(self) -> None:
        self.story.held = []
        self._pass(minutes=1)

    @rule(minutes=st.sampled_from([0.25, 1, 4, 12, 40]))
    def time_passes(self, minutes: float) -> None:
        self._pass(minutes)

    @rule(minutes=st.sampled_from([2, 45, 500]))
    def nobody_looks_for_a_while_and_the_process_begins_anew(self, minutes: float) -> None:
        self.story.stand_still(minutes)
        self.story.restart()
        self._look()

    @rule(which=st.sampled_from([0, 1]), how=st.sampled_from(sorted(ANSWERS)))
    def a_channel_changes(self, which: int, how: str) -> None:
        self.story.pagers[which].answer = lambda _page: ANSWERS[how]

    @precondition(lambda self: self._is_going_on())
    @rule(who=PEOPLE, twice=st.booleans())
    def somebody_takes_it(self, who: str, twice: bool) -> None:
        for _ in range(1 + twice):
            self.story.responses.take_over(self.incident, person(who), self.story.now)
        self.state, self.owner = ACKED, who
        self.until = self.story.now + HELD_FOR[self.severity]

    @precondition(lambda self: self._is_going_on())
    @rule(who=PEOPLE)
    def somebody_stops_the_harm(self, who: str) -> None:
        with suppress(NotYours):
            self.story.responses.mitigate(self.incident, person(who), self.story.now)
            self.state, self.owner = MITIGATED, self.owner or who

    @precondition(lambda self: self._is_going_on())
    @rule(who=PEOPLE)
    def somebody_resolves_it(self, who: str) -> None:
        with suppress(NotYours):
            self.story.responses.resolve(self.incident, person(who), self.story.now, "known, and harmless")
            self.state, self.is_proved = RESOLVED, not self.incident.is_open

    @precondition(lambda self: self.state is RESOLVED)
    @rule(who=PEOPLE)
    def somebody_says_that_it_is_not_over(self, who: str) -> None:
        with suppress(NotYours):
            self.story.responses.reopen(self.incident, person(who), "it is back", self.story.now)
            self._begins_again(self.severity)

    # What must be true

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        if self.state is not None:
            found = self.response
            assert (found.state, found.severity.value, found.episode) == (self.state, self.severity, self.episode)
            if self.state is not RESOLVED:
                assert found.owner == self.owner
            over = self.state in (MITIGATED, RESOLVED) or (self.state, self.severity) == (EXHAUSTED, "P1")
            assert (found.next_at is None) == over

    @invariant()
    def no_page_is_sent_twice(self) -> None:
        arrived = Counter(page.id for pager in self.story.pagers for page in pager.taken)
        assert all(count == 1 for count in arrived.values()), arrived

    @invariant()
    def nothing_waits_for_what_nobody_needs(self) -> None:
        if self.state not in (OPEN, EXHAUSTED, None):
            waiting = [each for each in self.memory.page_by_id.values() if each.state in UNSENT]
            assert [each for each in waiting if each.page.act is Act.TRIGGER and each.state is PageState.PENDING] == []

    # How the model moves

    def _pass(self, minutes: float) -> None:
        for _ in range(LOOKS):
            self.story.stand_still(minutes / LOOKS)
            self._look()
        self.auditor.audit()

    def _look(self) -> None:
        """One turn of all lanes, and of the model."""
        before = {page.id for pager in self.story.pagers for page in pager.tries}
        self.story.look()
        self._follow()
        new = [page for pager in self.story.pagers for page in pager.tries if page.id not in before]
        self._pages_are_due(new)

    def _pages_are_due(self, new: list[Page]) -> None:
        """Nobody is paged who need not be, and no two steps at once; what a channel refused before comes with it."""
        steps = {page.created_at for page in new if page.act is Act.TRIGGER and not page.attempts}
        assert len(steps) <= 1, "two steps were taken together"
        if steps:
            assert self.state in (OPEN, EXHAUSTED), f"somebody is paged, and it is {self.state}"

    def _follow(self) -> None:
        found = self.memory.response_by_id
        if not found:
            return
        response = self.response
        facts = self.incident
        worse = facts.is_open and facts.severity.value < self.severity
        if self.state is None:
            self.state, self.severity, self.episode = response.state, facts.severity.value, 1
        elif self.facts_hold and not facts.is_open:
            self.state, self.is_proved = RESOLVED, True
        elif self.state is RESOLVED and self.is_proved and facts.is_open:
            self._begins_again(facts.severity.value)
        elif worse:
            self.state, self.severity, self.owner = OPEN, facts.severity.value, ""
        elif self.state is ACKED and self.story.now >= self.until:
            self.state, self.owner = OPEN, ""
        self.facts_hold = facts.is_open
        if self.state in (OPEN, EXHAUSTED):
            assert response.state in (OPEN, EXHAUSTED)
            self.state = response.state

    def _begins_again(self, severity: str) -> None:
        self.state, self.severity, self.owner = OPEN, severity, ""
        self.episode += 1

    def _is_going_on(self) -> bool:
        return self.state is not None and self.state is not RESOLVED

    @property
    def incident(self) -> Incident:
        [name] = self.memory.response_by_id
        found = self.memory.incident(name)
        assert found is not None
        return found

    @property
    def response(self) -> Response:
        [found] = self.memory.response_by_id.values()
        return found


def test_one_incident() -> None:
    run_state_machine_as_test(OneIncident, settings=settings(max_examples=40, stateful_step_count=16, deadline=None))
