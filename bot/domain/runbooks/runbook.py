"""A runbook: who keeps it, what it is for, and its numbered steps. A step is done by a person, or is a check or an
action of the registry.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity


class StepKind(StrEnum):
    MANUAL = "manual"
    CHECK = "check"
    ACTION = "action"


class OnFail(StrEnum):
    """What follows a check that is not met, or whose answer is not known."""

    STOP = "stop"
    ASK = "ask"
    CONTINUE = "continue"


class Approval(StrEnum):
    """Who may have an action done; each is stricter than those before it."""

    RESPONDER = "responder"
    APPROVER = "approver"
    SECOND_PERSON = "second_person"
    """One asks for it, another one who is an approver says yes."""


_SENTENCE_ENDS = re.compile(r"(?<=[.?!]) ")
STRICTEST_LAST = tuple(Approval)


@dataclass(frozen=True, kw_only=True)
class Step:
    """`number` is that of the file, `id` what others call it in `after`: all of those are over before it begins.

    `call` names the check or action, `arguments` what it is about where that is not what the runbook was started for.
    `within`: a check that is not met is asked again for so long.
    """

    number: int
    id: str
    text: str
    kind: StepKind = StepKind.MANUAL
    call: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    expect: str = ""
    on_fail: OnFail = OnFail.ASK
    after: tuple[str, ...] = ()
    within: timedelta | None = None
    approval: Approval = Approval.RESPONDER

    @property
    def title(self) -> str:
        """Its first sentence."""
        line = self.text.partition("\n")[0]
        return _SENTENCE_ENDS.split(line)[0].rstrip(".:")


@dataclass(frozen=True, kw_only=True)
class Runbook:
    """`kinds` and `processors` say what it is for; no processors: any. `escalate_after`: so long after it was started
    more people are paged, unless it is over.
    """

    id: str
    title: str
    severity: Severity
    owner: str
    reviewed_on: date
    about: str = ""
    kinds: tuple[FindingKind, ...] = ()
    processors: tuple[str, ...] = ()
    escalate_after: timedelta | None = None
    steps: tuple[Step, ...] = ()
