"""Before a silence is set: what it would have hidden in the last seven days."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.findings.finding import FindingKind as K
from bot.domain.gate.silences import Silence
from bot.ports.fakes.state import FakeState
from bot.services.gate import GateService
from bot.services.silences import SilenceService
from tests.support.gate_story import DAY, RULES, START, finding

NOW = START + timedelta(days=8)
WANTED = Silence(id="S1", processor="Summary", since=NOW, until=NOW + timedelta(hours=4), reason="fixing", by="U1")
PHASE = replace(WANTED, processor=None, phase=2)


def past() -> FakeState:
    """A trouble of eight days ago, then two of the week before now: one of them grew, another joined it."""
    state = FakeState()
    service = GateService(state, RULES)
    service.tick(START - timedelta(hours=1), [finding("Summary")])
    service.tick(START, [])
    begun = START + timedelta(days=3)
    later = finding("Summary", data_date=DAY + timedelta(days=3), since=begun)
    grown = replace(later, impact=("Factors",))
    for minutes, held in ((0, [later]), (10, [grown]), (30, [])):
        service.tick(begun + timedelta(minutes=minutes), held)
    below = finding("Summary", K.SLA_MISS, data_date=DAY + timedelta(days=5), since=begun)
    service.tick(START + timedelta(days=5), [finding("Boxscores", data_date=below.data_date), below])
    return state


def test_a_preview_counts_messages_and_updates_of_a_week() -> None:
    preview = SilenceService(past(), RULES.phases).preview(WANTED, NOW)
    assert (preview.announced, preview.updated) == (1, 1)
    assert [(each.outcome.value, each.finding.root) for each in preview.hidden] == [
        ("announce", "Summary"),
        ("update", "Summary"),
        ("join", "Summary"),
    ]


def test_a_preview_of_a_phase() -> None:
    preview = SilenceService(past(), RULES.phases).preview(PHASE, NOW)
    assert (preview.announced, preview.updated, {each.finding.root for each in preview.hidden}) == (1, 0, {"Boxscores"})


def test_what_was_hidden_is_counted_by_what_hid_it() -> None:
    state = FakeState()
    state.add_silence(replace(WANTED, since=START, until=START + timedelta(hours=1)))
    service = GateService(state, RULES)
    for minutes in (0, 10, 20):
        service.tick(START + timedelta(minutes=minutes), [finding("Summary"), finding("Boxscores", data_date=None)])
    silences = SilenceService(state, RULES.phases)
    assert silences.hidden(START, NOW) == {"S1": 1}
    assert silences.hidden(NOW, NOW + timedelta(days=1)) == {}
