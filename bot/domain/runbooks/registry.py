"""The closed registry of what a step can ask and do: nothing else can be, and no shell is among it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.health.model import Colour
from bot.domain.runbooks.runbook import Approval
from bot.domain.verdicts.judge import Verdict


class Answer(StrEnum):
    """What a check answers with."""

    WORD = "word"
    NUMBER = "number"
    AGE = "age"


@dataclass(frozen=True)
class Check:
    """`about`: what it answers, in words; `takes`: the arguments it knows; `words`: all that it may answer with."""

    about: str
    answer: Answer
    takes: frozenset[str]
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Action:
    """`least`: a runbook may ask for a stricter approval, never for a weaker one. `needs`: arguments without which it
    means nothing.
    """

    does: str
    takes: frozenset[str]
    needs: frozenset[str] = frozenset()
    least: Approval = Approval.RESPONDER


_OF_DATE = frozenset({"processor", "date"})
_OF_SCOPE = frozenset({"processor", "phase"})
_OF_SERVICE = frozenset({"processor", "service"})

CHECKS: Mapping[str, Check] = {
    "verdict": Check("the verdict on a data date", Answer.WORD, _OF_DATE, frozenset(Verdict)),
    "health": Check("the health of a processor, a phase or all", Answer.WORD, _OF_SCOPE, frozenset(Colour)),
    "rows": Check("rows that the table has of a data date", Answer.NUMBER, _OF_DATE),
    "coverage": Check("percent of the usual rows of a data date", Answer.NUMBER, _OF_DATE),
    "dependencies_not_ready": Check("dependencies whose data date is not right", Answer.NUMBER, _OF_DATE),
    "runs_in_flight": Check("runs that are under way and alive", Answer.NUMBER, frozenset({"processor"})),
    "heartbeat_age": Check(
        "age of the oldest last heartbeat of runs that have not ended", Answer.AGE, frozenset({"processor"})
    ),
    "real_failures": Check("real failures of the last day", Answer.NUMBER, _OF_SCOPE),
    "expected_failures": Check("failures of the last day that were expected", Answer.NUMBER, _OF_SCOPE),
    "open_incidents": Check("incidents that are open", Answer.NUMBER, frozenset()),
    "source_age": Check("age of the newest fact, of a source or the oldest of all", Answer.AGE, frozenset({"source"})),
    "deployments": Check("deployments of the last 24 h", Answer.NUMBER, _OF_SERVICE),
    "circuit": Check(
        "whether repairs are stopped", Answer.WORD, frozenset({"processor"}), frozenset({"open", "closed"})
    ),
    "error_lines": Check("error lines in the log around the failure", Answer.NUMBER, frozenset({"processor"})),
}

ACTIONS: Mapping[str, Action] = {
    "reprocess": Action("reprocess a data date", _OF_DATE | {"downstream"}),
    "silence": Action("silence a processor or a phase", _OF_SCOPE | {"for", "reason"}, frozenset({"for", "reason"})),
    "page": Action("page somebody", frozenset({"whom", "reason"}), frozenset({"whom", "reason"})),
    "restart": Action("restart the service: a new revision of the same template", _OF_SERVICE),
    "cancel_execution": Action("cancel the execution that is under way", _OF_SERVICE),
    "clear_marker": Action("clear the done-marker of a data date", _OF_DATE | {"service"}),
    "raise_timeout": Action(
        "raise the time limit of the service",
        _OF_SERVICE | {"seconds"},
        frozenset({"seconds"}),
        Approval.SECOND_PERSON,
    ),
    "run_maintenance": Action("run a maintenance job", frozenset({"service"}), frozenset({"service"})),
    "open_circuit": Action(
        "stop repairs until somebody closes the circuit", frozenset({"processor", "reason"}), frozenset({"reason"})
    ),
    "close_circuit": Action("let repairs go on", frozenset({"processor"})),
    "rollback": Action("move all traffic to the revision before", _OF_SERVICE, least=Approval.SECOND_PERSON),
}
