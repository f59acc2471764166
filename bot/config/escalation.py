"""`escalation:` of `policy.yaml`: whom each severity pages, when, by what; without it the defaults hold."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from bot.config.channels import PAGED_BY
from bot.config.lengths import Length
from bot.domain.errors import suggest
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy, Ladder, Step
from bot.domain.platform.registry import Frozen

MOST_PAGED = 3
"""Rotas of a step: more people than that wait for each other."""
Names = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1, max_length=MOST_PAGED)]


def _channel(name: str) -> str:
    if name not in PAGED_BY:
        raise ValueError(f"{name!r} is no channel of pages. {suggest(name, PAGED_BY)}")
    return name


class StepEntry(Frozen):
    after: Length
    page: Names
    by: Annotated[tuple[Annotated[str, AfterValidator(_channel)], ...], Field(min_length=1, max_length=len(PAGED_BY))]


class LadderEntry(Frozen):
    steps: tuple[StepEntry, ...] = ()
    repeat: Length | None = None
    acknowledged_for: Length

    @model_validator(mode="after")
    def _in_order(self) -> "LadderEntry":
        times = [step.after for step in self.steps]
        if times != sorted(set(times)):
            raise ValueError("has steps that are not in order of time; sort them by `after`, each at its own")
        if self.repeat is not None and self.repeat < timedelta(minutes=5):
            raise ValueError("repeats more often than every 5 minutes; give people time to answer")
        if self.acknowledged_for < timedelta(minutes=5):
            raise ValueError("acknowledged_for is less than 5 minutes; give people time to work")
        return self

    def ladder(self) -> Ladder:
        steps = tuple(Step(each.after, each.page, each.by) for each in self.steps)
        return Ladder(steps, self.repeat, self.acknowledged_for)


class EscalationEntry(Frozen):
    P0: LadderEntry | None = None
    P1: LadderEntry | None = None
    P2: LadderEntry | None = None

    def policy(self) -> EscalationPolicy:
        given = {Severity.P0: self.P0, Severity.P1: self.P1, Severity.P2: self.P2}
        ladders = {severity: entry.ladder() for severity, entry in given.items() if entry is not None}
        return EscalationPolicy({**EscalationPolicy().ladders, **ladders})
