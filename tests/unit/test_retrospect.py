"""An incident looked back at: its draft, and those like it before as they were known then."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import BadInput
from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.gate.memory import GateResult
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.retrospect import alike
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.operations.operation import Kind, Stage
from bot.domain.reprocessing.repair import Person, Repair, StepState, steps_of
from bot.ports.fakes.state import FakeState
from bot.services.retrospect import RetrospectService
from bot.views import incident_memory
from bot.views.postmortem import markdown
from tests.support.deploys import operation
from tests.support.gate_story import OTHERS, START, finding
from tests.support.notices import CASCADE, decision, incident
from tests.support.repairs import planned

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Counted(FakeState):
    asked = 0

    def history(self, *incident_ids: str) -> list[Decision]:
        self.asked += 1
        return super().history(*incident_ids)


def stored(*names: str, **changes: Any) -> FakeState:
    """One an hour, all of the same root and family."""
    state = FakeState()
    made = [
        replace(incident(**changes), id=name, fingerprint=name, number=0, version=0, announced_at=START + at * HOUR)
        for at, name in enumerate(names)
    ]
    state.commit(START, GateResult((), (), tuple(made)), 0)
    return state


def noted(state: FakeState, name: str, hours: float, kind: EntryKind, text: str) -> None:
    with state.transaction() as tx:
        tx.responses.note([Entry(name, START + hours * HOUR, kind, text, "slack:U1")])


def test_those_like_it_are_told_as_they_were_known_then() -> None:
    state = stored("A", "B", "C")
    noted(state, "A", 0, EntryKind.OPENED, "It began as P0")
    noted(state, "A", 0.5, EntryKind.RESOLVED, "Chris resolved it")
    noted(state, "B", 1, EntryKind.OPENED, "It began as P0")
    noted(state, "B", 5, EntryKind.RESOLVED, "The data is right again")
    third = state.incident("C")
    assert third is not None
    early, late = (RetrospectService(state).similar(third, START + at * HOUR) for at in (2, 6))
    assert [(each.incident.label, each.ended) for each in early] == [("INC-2", ""), ("INC-1", "Chris resolved it")]
    assert [each.ended for each in late] == ["The data is right again", "Chris resolved it"]


def test_another_root_is_not_like_it() -> None:
    state = stored("A")
    below = replace(CASCADE, processors=("Summary",), error="KeyError: 'rows'")
    other = replace(incident(headline=below), id="X", processors=("Summary",), announced_at=START + HOUR, number=9)
    assert RetrospectService(state).similar(other, START + HOUR) == ()


@pytest.mark.parametrize("explanation", ["the table has no rows", "The table has no rows."])
def test_the_cause_is_whole_sentences(explanation: str) -> None:
    state = stored("A", headline=replace(CASCADE, explanation=explanation))
    known = state.incident("A")
    assert known is not None
    draft = markdown(RetrospectService(state).of(known, START + HOUR))
    assert "able has no rows. Fireline calls it" in draft


def test_a_draft_has_its_chapters_and_nothing_of_the_data_is_markup() -> None:
    nasty = replace(CASCADE, explanation="<b>*x*</b> | y", error="ValueError: `DNP`\n# no heading")
    state = stored("A", headline=nasty)
    noted(state, "A", 0, EntryKind.OPENED, "It began as P0")
    noted(state, "A", 0.1, EntryKind.ACKNOWLEDGED, "Chris | has it")
    noted(state, "A", 2, EntryKind.RESOLVED, "The data is right again")
    known = state.incident("A")
    assert known is not None
    text = markdown(RetrospectService(state).of(known, START + 3 * HOUR))
    headings = [line for line in text.splitlines() if line.startswith("#")]
    chapters = ("Impact", "Timeline", "Root cause", "Discover", "Triage", "Investigate", "Validate", "Fix", "Verify")
    assert headings[1:] == [f"## {each}" for each in (*chapters, "Prevent")]
    assert headings[0].startswith("# INC-1: ")
    assert r"\<b\>\*x\*\</b\> \| y" in text
    assert "    # no heading" in text
    assert r"| 2026-03-03 06:06 | Chris \| has it |" in text
    assert "| trouble began | opened | detected after |" in text
    assert "| 2026-03-03 05:50 | 2026-03-03 06:00 | 10 min | 6 min | 2 h |" in text


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_window_that_makes_no_sense(days: int) -> None:
    with pytest.raises(BadInput, match="makes no sense"):
        RetrospectService(FakeState()).figures(days, START)


def test_figures_count_what_began_again_of_older_ones() -> None:
    state = stored("A")
    noted(state, "A", 0, EntryKind.OPENED, "It began as P0")
    noted(state, "A", 24 * 40, EntryKind.REOPENED, "Chris reopened it: again")
    [found] = RetrospectService(state).figures(1, START + 24 * 40 * HOUR + HOUR)
    assert found.episodes == 1


def test_an_unlike_finding_has_no_past() -> None:
    state = stored("A", headline=finding("Summary"))
    known = state.incident("A")
    assert known is not None
    assert RetrospectService(state).of(known, START).similar == ()


def ended(state: FakeState, name: str, began: float, minutes: float, who: str = "") -> None:
    hours = began + minutes / 60
    noted(state, name, began, EntryKind.OPENED, "It began as P0")
    with state.transaction() as tx:
        tx.responses.note([Entry(name, START + hours * HOUR, EntryKind.RESOLVED, "It is over", who)])


def rerun(state: FakeState, name: str, began: float, minutes: float, *, proved: bool = True) -> None:
    """A repair of it that was started a minute after it began, and checked so many minutes after."""
    begun, plan_ = START + began * HOUR, planned(plan_id=f"P-{name}")
    by = Person("slack:U1", "Ana")
    repair = Repair(plan=plan_, asked_by=by, asked_at=begun, incident=name, started_at=begun + MINUTE, number=1)
    after, at = StepState.PROVED if proved else StepState.FAILED, begun + minutes * MINUTE
    state.repairs.by_id[plan_.id] = repair
    for step in steps_of(plan_, plan_.id):
        state.repairs.step_at[plan_.id, step.seq] = replace(step, state=after, ended_at=at)


def test_what_ended_those_like_it_is_counted_as_it_was_known_then() -> None:
    state = stored(*"ABCDEFG")
    for at, name in enumerate("ABC"):
        rerun(state, name, at, 10)
        ended(state, name, at, (11, 12, 30)[at])
    rerun(state, "D", 3, 10, proved=False)
    ended(state, "D", 3, 20)
    restarted = replace(operation(Kind.RESTART), incident="E", stage=Stage.DONE, asked_at=START + 4 * HOUR)
    with state.transaction() as tx:
        tx.deploys.add(replace(restarted, ended_at=START + 4.1 * HOUR))
    ended(state, "E", 4, 20, "slack:U1")
    past, last = RetrospectService(state), state.incident("F")
    assert last is not None
    found = past.memory(last)
    assert found is not None
    assert incident_memory.sentence(found) == (
        "5 similar before; 3 mended by rerunning Gamebook, median 12 min (n = 3); 1 mended by restarting raw; "
        "1 over by itself"
    )
    ended(state, "F", 5, 90)  # later than G began
    following = state.incident("G")
    assert following is not None
    assert past.memory(following) == found
    assert incident_memory.sentence(found) in markdown(past.of(following, START + 9 * HOUR))
    early = [state.incident(name) for name in "AB"]
    assert [past.memory(each) for each in early if each is not None] == [None, None]


def test_what_those_elsewhere_became_later_is_not_compared() -> None:
    """The same words of another root, by what each was announced with; asked for in one query."""
    state = Counted()
    errors = ("KeyError: 'a'", "KeyError: 'b'", "OSError", "")
    for at, (name, root, error) in enumerate(zip("ABCD", OTHERS, errors, strict=False)):
        first = replace(CASCADE, processors=(root,), error=error)
        now_same = replace(first, error="KeyError: 'now'")
        announced = START + at * HOUR
        told = decision(at=announced, incident=name, finding=first, fingerprint=name)
        known = incident(name, processors=(root,), headline=now_same, announced_at=announced, number=0, version=0)
        state.commit(announced, GateResult((told,), (), (replace(known, fingerprint=name),)), at)
        ended(state, name, at, 20)
    last = replace(CASCADE, processors=("Raw05",), error="KeyError: 'e'")
    found = incident("E", processors=("Raw05",), headline=replace(last, error="OSError"), announced_at=START + 9 * HOUR)
    said = decision(at=found.announced_at, incident="E", finding=last)
    state.commit(found.announced_at, GateResult((said,), (), (replace(found, number=0, version=0),)), 4)
    past = RetrospectService(state).similar(found, START + 10 * HOUR)
    assert [each.incident.root for each in past] == ["Raw02", "Raw01"]
    assert state.asked == 1
    memory = RetrospectService(state).memory(found)
    assert memory is not None
    assert memory.similar == 2


def test_like_it_is_the_same_error_of_another_root() -> None:
    one = finding("Gamebook", FindingKind.REPEATED_FAILURE, error="ValueError: could not convert 'DNP' in row 12")
    same = replace(one, processors=("Boxscores",), error="ValueError: could not convert 'NWT' in row 9")
    assert alike(one, same)
    assert alike(one, replace(one, kind=FindingKind.TIMEOUT, error="")), "of one root"
    for other in (
        replace(same, kind=FindingKind.TIMEOUT),
        replace(same, error="KeyError: 'DNP'"),
        replace(same, error=""),
        replace(same, root_cause=RootCause.TIMEOUT),
        replace(one, kind=FindingKind.PERF_DEGRADATION),
    ):
        assert not alike(one, other)
    assert not alike(replace(one, error=""), replace(same, error="")), "no words are not the same words"
