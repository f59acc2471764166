"""One contract for every state: what is in shadow is judged apart, sent to nobody, and as new when it is shown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.findings.finding import Finding
from bot.domain.findings.finding import FindingKind as K
from bot.domain.gate.memory import GateMemory, GateRules
from bot.domain.gate.noise_ledger import Ending
from bot.domain.gate.shadow_policy import NOTHING, ShadowPolicy
from bot.domain.incidents.decisions import Outcome, Reason
from bot.ports.fakes.state import FakeState
from bot.ports.state import Committed, State
from bot.services.gate import GateService, Tick
from bot.services.noise_ledger import ledger_within
from bot.services.shadow import shadow_within
from bot.views import shadow as view
from tests.contracts.states import KINDS, Again, opened
from tests.support.gate_story import OTHERS, RULES, START, finding

ALL = ShadowPolicy(everything=True)
DOWN = finding("Gamebook", severity="P0", impact=("Summary",))
BELOW = finding("Summary", K.MISSING_RUN, since=START, severity="P1")
LATER = timedelta(hours=9)
ROOT_ALONE = {
    "its processor": ShadowPolicy(processors=frozenset({"Gamebook"})),
    "its kind": ShadowPolicy(kinds=frozenset({K.ZERO_RECORDS_PROCESSOR})),
}


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


def minute(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def under(policy: ShadowPolicy) -> GateRules:
    return replace(RULES, policy=replace(RULES.policy, shadow=policy))


def tick(state: State, minutes: float, held: list[Finding], policy: ShadowPolicy, *unseen: Finding) -> Tick:
    """By a process that has just started."""
    return GateService(state, under(policy)).tick(minute(minutes), held, (), unseen)


def told(state: State) -> list[str]:
    return [each.root for each in state.open_incidents()]


def test_a_new_installation_sends_nothing_and_says_what_it_would_have(again: Again) -> None:
    """The same, whatever keeps it, and whoever goes on with it."""
    fake, note = FakeState(), finding("Raw09", K.SLOW_DRIFT, severity="P3", data_date=None)
    ticks = {0: [DOWN, BELOW, note], 1: [DOWN, BELOW, note, finding("Raw01")], 30: [DOWN], 60: [DOWN]}
    for minutes, held in ticks.items():
        for state in (fake, again()):
            done = tick(state, minutes, held, ALL, finding("Raw05", K.MISSING_RUN))
            assert (done.committed, done.decisions) == (Committed.APPLIED, ())
            assert tick(state, minutes, held, ALL).committed is Committed.ALREADY
    state, until = again(), START + LATER
    assert (told(state), state.unsaid(), state.decisions(START, until), state.pages_unsent()) == ([], [], [], [])
    assert state.remembered(minute(60), LATER) == replace(GateMemory(), version=4)
    found = shadow_within(state, ALL, START, until)
    assert found == shadow_within(fake, ALL, START, until)
    assert [(each.root, each.number, each.is_open) for each in found.messages] == [
        ("Gamebook", 1, True),
        ("Raw01", 2, False),
    ]
    assert [each.root for each in found.pages] == ["Gamebook"]
    ledger = ledger_within(state, START, until)
    assert ledger.totals[Ending.SHADOW] == ledger.findings == found.findings == 5
    assert view.totals(found) == "5 findings of everything, would have paged 1 time and posted 2 messages"
    over = view.totals(replace(found, policy=NOTHING))
    assert over == "5 findings (nothing is in shadow now), would have paged 1 time and posted 2 messages"
    assert view.lines(found)[0].startswith("S-1 P0 Gamebook brought nothing")
    assert [each["name"] for each in view.document(found)["incidents"]] == ["S-1", "note", "S-2"]
    assert view.card(found).text.startswith("In shadow, last 0 days: 5 findings")
    next_day = shadow_within(state, ALL, minute(10), until)
    assert view.totals(next_day) == (
        "0 findings of everything, would have paged 0 times and posted 0 messages; 2 from before went on"
    )
    assert [line.partition(" ")[0] for line in view.lines(next_day)] == ["S-2", "S-1"]


def test_what_is_shown_is_judged_as_if_new_and_floods_nobody(again: Again) -> None:
    many = [finding(name) for name in OTHERS[:25]]
    tick(again(), 0, [DOWN, BELOW, *many], ALL)
    assert tick(again(), 20, [DOWN, BELOW, *many], ALL).decisions == ()
    shown = tick(again(), 40, [DOWN, BELOW, *many], NOTHING)
    outcomes = {each.finding.root: each.outcome for each in shown.decisions if each.incident}
    assert (outcomes["Gamebook"], outcomes["Summary"]) == (Outcome.ANNOUNCE, Outcome.JOIN)
    announced = [each for each in shown.decisions if each.outcome is Outcome.ANNOUNCE]
    assert len(announced) == RULES.policy.messages_per_hour + 1, "the last is the one that has the rest"
    assert {each.reason for each in announced} == {Reason.P0, Reason.NEW, Reason.CAP_STORM}
    left = again().shadow.incidents(minute(39), START + LATER)
    assert {each.resolved_at for each in left} == {minute(40)}
    tick(again(), 41, [DOWN], NOTHING)
    assert again().shadow.remembered(minute(41), timedelta()).idle
    ledger = ledger_within(again(), START, START + LATER)
    assert (ledger.findings, ledger.totals[Ending.SHADOW]) == (len(many) + 2, 0), "each is the finding that it was"
    assert shadow_within(again(), NOTHING, START, START + LATER).findings == ledger.findings


def test_what_people_were_told_of_ends_where_they_were_told(again: Again) -> None:
    tick(again(), 0, [DOWN], NOTHING)
    tick(again(), 10, [DOWN, finding("Raw01")], ALL)
    assert told(again()) == ["Gamebook"]
    for minutes in (20, 30, 36):
        tick(again(), minutes, [finding("Raw01")], ALL)
    assert told(again()) == []
    assert [each.root for each in again().shadow.incidents(START, START + LATER)] == ["Raw01"]
    tick(again(), 50, [DOWN, finding("Raw01")], ALL)
    ended = ledger_within(again(), START, START + LATER).ended
    assert [(each.root, each.ending) for each in ended] == [("Gamebook", Ending.TOLD), ("Raw01", Ending.SHADOW)]


def test_a_process_that_starts_knows_what_is_open_in_shadow(again: Again) -> None:
    """What it goes on to count while a source shows nothing, and the old dates that it looks after."""
    part = ShadowPolicy(processors=frozenset({"Raw01"}))
    tick(again(), 0, [DOWN, finding("Raw01"), finding("Raw02")], part)
    for minutes in (20, 36):
        tick(again(), minutes, [DOWN, finding("Raw01")], part)
    opened = GateService(again(), under(part)).open_findings(minute(37))
    assert sorted(each.root for each in opened) == ["Gamebook", "Raw01"]
    for minutes in (60, 90):
        tick(again(), minutes, [DOWN], part)
    assert [each.root for each in GateService(again(), under(part)).open_findings(minute(91))] == ["Gamebook"]


@pytest.mark.parametrize("policy", ROOT_ALONE.values(), ids=ROOT_ALONE)
def test_a_rule_in_shadow_neither_hides_nor_joins_what_is_real(again: Again, policy: ShadowPolicy) -> None:
    tick(again(), 0, [DOWN, BELOW], policy)
    assert told(again()) == ["Summary"], "its root is in shadow, and explains nothing"
    below = ShadowPolicy(kinds=frozenset({K.MISSING_RUN}))
    tick(again(), 40, [DOWN], below)
    tick(again(), 60, [DOWN, BELOW], below)
    assert told(again()) == ["Gamebook"]
    assert [each.finding.root for each in again().members(again().open_incidents()[0].id)] == ["Gamebook"]
    assert told(again()) + [each.root for each in again().shadow.incidents(minute(55), minute(70))] == [
        "Gamebook",
        "Summary",
    ]
