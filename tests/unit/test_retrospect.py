"""An incident looked back at: its draft, and those like it before as they were known then."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import BadInput
from bot.domain.gate.memory import GateResult
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.ports.fakes.state import FakeState
from bot.services.retrospect import RetrospectService
from bot.views.postmortem import markdown
from tests.support.gate_story import START, finding
from tests.support.notices import CASCADE, incident

HOUR = timedelta(hours=1)


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
    other = replace(incident(), id="X", processors=("Summary",), announced_at=START + HOUR, number=9)
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
