"""Who may do what: every origin, role, part, act and state against a table that was written by hand."""

from itertools import product

import pytest

from bot.domain.access import Act, Allowed, Answer, Ask, Identity, Origin, Part, Refused, Role, may
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.response import Response, ResponseState, acknowledged, exhausted, mitigated, opened, resolved
from tests.support.gate_story import START

OPEN = opened("I1", Severity.P0, EscalationPolicy().of(Severity.P0), START)
TAKEN = acknowledged(OPEN, "Ana", START)
STATES = {
    ResponseState.OPEN: OPEN,
    ResponseState.EXHAUSTED: exhausted(OPEN, START),
    ResponseState.ACKNOWLEDGED: TAKEN,
    ResponseState.MITIGATED: mitigated(TAKEN, "Ana", START),
    ResponseState.RESOLVED: resolved(TAKEN, START, "Ana"),
}
PARTS = {
    "none": Part(others=("Priya", "Jordan")),
    "paged": Part(paged=True, others=("Priya",)),
    "on turn": Part(on_turn=True, others=("Priya",)),
    "has it": Part(has_it=True, others=("Priya",)),
}
YES, ASK, NO = "may", "is asked", "may not"
PAGED_STATES = (ResponseState.OPEN, ResponseState.EXHAUSTED)
Row = str | dict[str, str]
ASKED: dict[str, str] = {"pages others": ASK, "takes it from Ana": ASK, "ends what Ana holds": ASK, "else": YES}
ONLY_ACKNOWLEDGES: dict[str, str] = {"acknowledge": YES, "else": NO}
WITHOUT_PART: dict[str, Row] = {
    "a member with a role by name": YES,
    "a member by default": ASKED,
    "a viewer": NO,
    "a guest": NO,
    "deactivated": NO,
    "a bot": NO,
    "elsewhere": NO,
    "not known": NO,
    "terminal": ASKED,
    "pager": ONLY_ACKNOWLEDGES,
    "link": NO,
}
WITH_A_PART: dict[str, Row] = {"pager": ONLY_ACKNOWLEDGES, "link": ONLY_ACKNOWLEDGES}
"""By hand: whoever has a part in it may, but by a pager or a link nothing but acknowledge."""
KINDS = {
    Origin.GUEST: "a guest",
    Origin.DEACTIVATED: "deactivated",
    Origin.BOT: "a bot",
    Origin.ELSEWHERE: "elsewhere",
    Origin.UNKNOWN: "not known",
    Origin.TERMINAL: "terminal",
    Origin.PAGER: "pager",
    Origin.LINK: "link",
}
OF_ANAS = {
    (Act.ACKNOWLEDGE, ResponseState.ACKNOWLEDGED): "takes it from Ana",
    (Act.ACKNOWLEDGE, ResponseState.MITIGATED): "takes it from Ana",
    (Act.HAND_OVER, ResponseState.ACKNOWLEDGED): "takes it from Ana",
    (Act.HAND_OVER, ResponseState.MITIGATED): "takes it from Ana",
    (Act.MITIGATE, ResponseState.ACKNOWLEDGED): "ends what Ana holds",
    (Act.RESOLVE, ResponseState.ACKNOWLEDGED): "ends what Ana holds",
}
"""By hand, too: what somebody without a part in it does to whoever has it."""
ROLES = [(Role.VIEWER, False), *((role, True) for role in Role), (Role.RESPONDER, False)]
CASES = list(product(Origin, ROLES, PARTS, Act, ResponseState, (True, False)))


def kind(origin: Origin, role: Role, *, named: bool) -> str:
    if origin is not Origin.MEMBER:
        return KINDS[origin]
    if role is Role.VIEWER:
        return "a viewer"
    return "a member with a role by name" if named else "a member by default"


def expected(who: str, part: str, act: Act, state: ResponseState, *, meant: bool) -> str:
    row = WITHOUT_PART[who] if part == "none" else WITH_A_PART.get(who, YES)
    if isinstance(row, str):
        return row
    case = "pages others" if state in PAGED_STATES else OF_ANAS.get((act, state), "else")
    if row is ONLY_ACKNOWLEDGES:
        case = "acknowledge" if act is Act.ACKNOWLEDGE else "else"
    return YES if meant and row[case] == ASK else row[case]


def word(answer: Answer) -> str:
    return {Allowed: YES, Ask: ASK, Refused: NO}[type(answer)]


def test_every_case_is_as_the_table_says() -> None:
    """Whoever is at the machine is its admin, and has that role by no file."""
    for origin, (role, named), part, act, state, meant in CASES:
        who = Identity(Origin.TERMINAL, Role.ADMIN) if origin is Origin.TERMINAL else Identity(origin, role, named)
        wanted = expected(kind(origin, role, named=named), part, act, state, meant=meant)
        answer = may(act, who, PARTS[part], STATES[state], meant=meant)
        assert word(answer) == wanted, (who, part, act, state, meant)


def asked(response: Response, act: Act = Act.ACKNOWLEDGE) -> Answer:
    return may(act, Identity(Origin.MEMBER, Role.RESPONDER), PARTS["none"], response)


def test_whoever_is_asked_hears_whose_pages_stop_or_who_has_it() -> None:
    assert asked(OPEN) == Ask(("Priya", "Jordan"), "")
    assert asked(TAKEN) == Ask((), "Ana")


@pytest.mark.parametrize("severity", [Severity.P2, Severity.P3])
def test_what_pages_nobody_is_taken_without_a_question(severity: Severity) -> None:
    quiet = opened("I1", severity, EscalationPolicy().of(severity), START)
    assert isinstance(asked(quiet), Allowed)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (Identity(Origin.GUEST), "You are a guest of this workspace: only members of the team's own workspace"),
        (Identity(Origin.ELSEWHERE, Role.ADMIN), "You are a member of another workspace"),
        (
            Identity(Origin.MEMBER, Role.VIEWER),
            r"You are a viewer: a responder can resolve an incident",
        ),
        (
            Identity(Origin.UNKNOWN, why_unknown="Slack did not answer users.info"),
            "I cannot tell who you are: Slack",
        ),
        (Identity(Origin.LINK), "only acknowledges, for whoever was paged"),
    ],
)
def test_a_refusal_says_why(who: Identity, said: str) -> None:
    answer = may(Act.RESOLVE, who, Part(), OPEN)
    assert isinstance(answer, Refused)
    with pytest.raises(ValueError, match=said):
        raise ValueError(answer.because)
