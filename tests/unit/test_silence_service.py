"""A silence: what it would have hidden in the last seven days, set once, counted by what it hides."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access import Actor, Identity, Origin, Role
from bot.domain.errors import BadInput
from bot.domain.findings.finding import FindingKind as K
from bot.domain.gate.silence_words import SilenceAct, SilenceWords, silence_words
from bot.domain.gate.silences import Kind, Silence
from bot.domain.health.model import HealthRequest
from bot.domain.incidents.decisions import Reason
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import MessageRef
from bot.ports.fakes.state import FakeState
from bot.services.access import NotAllowed
from bot.services.gate import GateService
from bot.services.silences import SilenceService
from tests.support.gate_story import DAY, RULES, START, finding

NOW = START + timedelta(days=8)
WANTED = Silence(id="S1", processor="Summary", since=NOW, until=NOW + timedelta(hours=4), reason="fixing", by="U1")
PHASE = replace(WANTED, processor=None, phase=2)


MEMBER = Identity(Origin.MEMBER, Role.RESPONDER)


def silences(state: FakeState, identity: Identity = MEMBER) -> SilenceService:
    def identify(_who: Actor) -> Identity:
        return identity

    return SilenceService(
        state, RULES.phases, lambda target, _now: 41 if target.processor == "Summary" else 0, identify
    )


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
    preview = silences(past()).preview(WANTED, NOW)
    assert (preview.announced, preview.updated) == (1, 1)
    assert [(each.outcome.value, each.finding.root) for each in preview.hidden] == [
        ("announce", "Summary"),
        ("update", "Summary"),
        ("join", "Summary"),
    ]


def test_a_preview_of_a_phase() -> None:
    preview = silences(past()).preview(PHASE, NOW)
    assert (preview.announced, preview.updated, {each.finding.root for each in preview.hidden}) == (1, 0, {"Boxscores"})


def test_what_was_hidden_is_counted_by_what_hid_it() -> None:
    state = FakeState()
    state.add_silence(replace(WANTED, since=START, until=START + timedelta(hours=1)))
    service = GateService(state, RULES)
    for minutes in (0, 10, 20):
        service.tick(START + timedelta(minutes=minutes), [finding("Summary"), finding("Boxscores", data_date=None)])
    service_ = silences(state)
    assert service_.hidden(START, NOW) == {"S1": 1}
    assert service_.hidden(NOW, NOW + timedelta(days=1)) == {}


SUMMARY = HealthRequest(processor="Summary")
ANA, BEN = Actor("U1", "Ana"), Actor("U2", "Ben")
TWO_HOURS = timedelta(hours=2)


def test_a_preview_names_incidents_what_was_delivered_and_real_failures() -> None:
    state = past()
    shown = state.incident_numbered(2)
    assert shown is not None
    with state.transaction() as tx:
        tx.incidents.set_message(shown.id, MessageRef("C1", "1.0"))
    found = silences(state).propose(SUMMARY, TWO_HOURS, "migration", ANA, NOW)
    assert [each.label for each in found.incidents] == ["INC-2", "INC-3"], "the third began by what it depends on"
    assert (found.delivered, found.real, found.critical) == (2, 41, ())
    assert (state.silences(NOW), found.silence.until) == ([], NOW + TWO_HOURS)


def test_a_p0_is_hidden_like_all_else_and_shown_in_the_preview() -> None:
    """Whoever silences a P0 knows: the gate hides it, nobody is paged, and the preview names it."""
    state = FakeState()
    gate = GateService(state, RULES, escalation=EscalationPolicy())
    lost = finding("Summary", severity="P0", since=NOW, evident_at=NOW)
    gate.tick(NOW - timedelta(days=1), [lost])
    service = silences(state)
    found = service.propose(SUMMARY, TWO_HOURS, "migration", ANA, NOW)
    assert [each.label for each in found.critical] == ["INC-1"]
    assert [each.label for each in found.open] == ["INC-1"]
    service.confirm(found.silence.id, ANA, NOW)
    new = replace(lost, data_date=DAY + timedelta(days=4), since=NOW)
    hidden = gate.tick(NOW + timedelta(minutes=1), [lost, new]).decisions
    assert {each.reason for each in hidden} == {Reason.SILENCED}
    assert list(state.response_by_id) == [each.id for each in state.open_incidents()], "nobody is paged for the new one"
    after = NOW + timedelta(minutes=2)
    assert [each.hidden for each in service.standing(after)] == [2]
    assert (service.end(found.silence.id, BEN, after).hidden, service.standing(after)) == (2, [])
    told = gate.tick(NOW + timedelta(minutes=3), [lost, new]).decisions
    assert {each.reason for each in told} == {Reason.SHOWN_AGAIN, Reason.P0}


def test_it_is_set_once_by_whoever_asked_and_soon() -> None:
    service = silences(FakeState())
    name = service.propose(SUMMARY, TWO_HOURS, "migration", ANA, NOW).silence.id
    with pytest.raises(BadInput, match="Only Ana"):
        service.confirm(name, BEN, NOW)
    with pytest.raises(BadInput, match="another thing by now"):
        service.confirm(name, ANA, NOW + timedelta(minutes=16))
    assert service.confirm(name, ANA, NOW + timedelta(minutes=5)).until == NOW + TWO_HOURS
    with pytest.raises(BadInput, match="set already"):
        service.confirm(name, ANA, NOW + timedelta(minutes=6))
    with pytest.raises(BadInput, match="not known"):
        service.confirm("none", ANA, NOW)
    assert service.end(name, BEN, NOW + timedelta(minutes=7)).hidden == 0
    with pytest.raises(BadInput, match="No silence"):
        service.end(name, BEN, NOW + timedelta(minutes=8))


@pytest.mark.parametrize(
    ("target", "length", "reason", "said"),
    [
        (SUMMARY, TWO_HOURS, " ", "needs a reason"),
        (SUMMARY, timedelta(days=7, minutes=1), "why", "7 days"),
        (SUMMARY, timedelta(minutes=4), "why", "5 minutes"),
        (SUMMARY, TWO_HOURS, "x" * 301, "301 characters"),
        (HealthRequest(phase=77), TWO_HOURS, "why", "no phase 77"),
        (HealthRequest(), TWO_HOURS, "why", "no phase None"),
    ],
)
def test_what_is_no_silence(target: HealthRequest, length: timedelta, reason: str, said: str) -> None:
    state = FakeState()
    with pytest.raises(BadInput, match=said):
        silences(state).propose(target, length, reason, ANA, NOW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Summary 2h source moves", SilenceWords(SilenceAct.PROPOSE, "Summary", TWO_HOURS, "source moves")),
        ("phase 2 3d why", SilenceWords(SilenceAct.PROPOSE, "phase 2", timedelta(days=3), "why")),
        ("", SilenceWords(SilenceAct.LIST)),
        ("LIST", SilenceWords(SilenceAct.LIST)),
        ("end ab12", SilenceWords(SilenceAct.END, name="ab12")),
    ],
)
def test_its_words(text: str, said: SilenceWords) -> None:
    assert silence_words(text, "/silence Summary") == said


@pytest.mark.parametrize("text", ["Summary", "2h why", "end", "list of all"])
def test_words_that_ask_nothing(text: str) -> None:
    with pytest.raises(BadInput, match="Write"):
        silence_words(text, "/silence Summary")


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        (Identity(Origin.GUEST), "only members"),
        (Identity(Origin.MEMBER, Role.VIEWER), "You are a viewer: a responder can set or end a silence"),
        (Identity(Origin.UNKNOWN, why_unknown="no answer"), "cannot tell who you are: no answer"),
    ],
)
def test_who_may_not(identity: Identity, why: str) -> None:
    state = FakeState()
    name = silences(state).propose(SUMMARY, TWO_HOURS, "migration", ANA, NOW).silence.id
    service = silences(state, identity)
    with pytest.raises(NotAllowed, match=why):
        service.propose(SUMMARY, TWO_HOURS, "migration", ANA, NOW)
    with pytest.raises(NotAllowed, match=why):
        service.confirm(name, ANA, NOW)
    with pytest.raises(NotAllowed, match=why):
        service.end(name, ANA, NOW)


SPAN = (NOW + timedelta(days=1), NOW + timedelta(days=1, hours=2))


def test_a_window_is_planned_confirmed_counted_and_ended() -> None:
    state = past()
    service = silences(state)
    found = service.propose(HealthRequest(), SPAN, "move of the cluster", ANA, NOW)
    assert [each.label for each in found.incidents] == ["INC-2", "INC-3"]
    assert (found.silence.what, state.silences(NOW)) == ("all processors", [])
    with pytest.raises(BadInput, match=r"another thing by now\. Ask for it again\.$"):
        service.confirm(found.silence.id, ANA, NOW + timedelta(minutes=16))
    planned = service.confirm(found.silence.id, ANA, NOW + timedelta(minutes=5))
    assert (planned.since, planned.until, planned.announced_at) == (*SPAN, NOW + timedelta(minutes=5))
    assert state.silences(NOW) == [planned]
    gate = GateService(state, RULES)
    within = SPAN[0] + timedelta(minutes=10)
    lost = finding("Summary", since=within, data_date=DAY + timedelta(days=9))
    assert Reason.IN_WINDOW in {each.reason for each in gate.tick(within, [lost]).decisions}
    assert (service.standing(within, Kind.SILENCE), service.standing(within)) == (
        [],
        service.standing(within, Kind.WINDOW),
    )
    with pytest.raises(BadInput, match="No silence"):
        service.end(planned.id, BEN, within)
    after = within + timedelta(minutes=1)
    assert service.end(planned.id, BEN, after, Kind.WINDOW).hidden == 1
    assert {each.reason for each in gate.tick(after, [lost]).decisions} == {Reason.WINDOW_SETTLES}
    with pytest.raises(BadInput, match="holds or is planned"):
        service.end(planned.id, BEN, after, Kind.WINDOW)


def test_one_that_would_be_over_is_not_set() -> None:
    service = silences(FakeState())
    name = service.propose(SUMMARY, timedelta(minutes=5), "why", ANA, NOW).silence.id
    with pytest.raises(BadInput, match="over by now"):
        service.confirm(name, ANA, NOW + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("target", "first", "last", "said"),
    [
        (SUMMARY, timedelta(minutes=-6), timedelta(hours=1), "has passed"),
        (SUMMARY, timedelta(days=61), timedelta(days=62), "within 60 days"),
        (SUMMARY, timedelta(days=1), timedelta(days=8, minutes=1), "5 minutes to 7 days"),
        (SUMMARY, timedelta(hours=2), timedelta(hours=1), "5 minutes to 7 days"),
        (HealthRequest(phase=77), timedelta(0), timedelta(hours=1), "one phase or all"),
    ],
)
def test_what_is_no_window(target: HealthRequest, first: timedelta, last: timedelta, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        silences(FakeState()).propose(target, (NOW + first, NOW + last), "why", ANA, NOW)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("all 2026-01-20T03:00..2026-01-20T05:00 a move", ("all", "a move", "2026-01-20T03:00", "2026-01-20T05:00")),
        ("phase 2 2026-01-20 03:00 .. 2026-01-21 2h why", ("phase 2", "2h why", "2026-01-20 03:00", "2026-01-21")),
        ("Summary 2h instead of 2026-01-20..2026-01-21", ("Summary", "instead of 2026-01-20..2026-01-21")),
    ],
)
def test_the_words_of_a_window(text: str, said: tuple[str, ...]) -> None:
    found = silence_words(text, "/window Summary", Kind.WINDOW)
    assert (found.target, found.reason, *(found.span or ())) == said


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (Kind.WINDOW, "all tomorrow why", "When"),
        (Kind.WINDOW, "2026-01-20..2026-01-21 why", "When"),
        (Kind.SILENCE, "Summary 2026-01-20..2026-01-21 why", "begins at once"),
    ],
)
def test_words_of_no_time(kind: Kind, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        silence_words(text, f"/{kind} Summary", kind)
