"""A runbook that was started: what it is about, and how far each of its steps has come."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.incidents.incident import MessageRef
from bot.domain.runbooks.expectation import Fit
from bot.domain.runbooks.runbook import Runbook, Step


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class StepState(StrEnum):
    WAITING = "waiting"
    """Something before it is not over."""
    READY = "ready"
    """A person does it, or has it done."""
    CHECKING = "checking"
    """It is asked for when `due_at` comes."""
    UNMET = "unmet"
    """A check that waits for a person: again, or on without it."""
    ASKED = "asked"
    """An action that another person has to say yes to."""
    ACTING = "acting"
    PASSED = "passed"
    WENT_ON = "went on"
    """A check that was not met; the runbook goes on, as it says."""
    DONE = "done"
    SKIPPED = "skipped"


OVER = frozenset({StepState.PASSED, StepState.WENT_ON, StepState.DONE, StepState.SKIPPED})
FOR_A_PERSON = frozenset({StepState.READY, StepState.UNMET, StepState.ASKED})


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the steps are about where they do not say it; "": no processor, None: not known."""

    processor: str = ""
    data_date: date | None = None

    def __str__(self) -> str:
        return f"{self.processor} {self.data_date or ''}".strip()


@dataclass(frozen=True, kw_only=True)
class StepRun:
    """`by` is who did it last, by name, `by_key` as the record calls them; `asked_by`, `asked_key` and `asked_email`
    are of who asked for approval. `text` is what a check answered at `at`, or what an action did; `why` says what is
    wrong. `since` is when it began.
    """

    number: int
    state: StepState = StepState.WAITING
    since: datetime | None = None
    at: datetime | None = None
    by: str = ""
    by_key: str = ""
    asked_by: str = ""
    asked_key: str = ""
    asked_email: str = ""
    fit: Fit | None = None
    text: str = ""
    why: str = ""
    attempts: int = 0
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """`runbook` is as it was when it was started: what is changed in the file later is for the next. `incident` "": of
    none. `message` is where its steps are shown, `channel` and `thread` where that is posted. `escalate_at`: more
    people are paged then. `version` counts the stored changes, `shown` is the one that the message says.
    """

    id: str
    runbook: Runbook
    subject: Subject
    started_by: str
    started_at: datetime
    steps: tuple[StepRun, ...]
    number: int = 0
    incident: str = ""
    state: RunState = RunState.RUNNING
    ended_at: datetime | None = None
    escalate_at: datetime | None = None
    escalated_at: datetime | None = None
    channel: str = ""
    thread: str = ""
    message: MessageRef | None = None
    tried_at: datetime | None = None
    version: int = 0
    shown: int = 0

    @property
    def label(self) -> str:
        return f"RB-{self.number}"

    @property
    def due_at(self) -> datetime | None:
        """When Fireline has something to do for it."""
        if self.state is not RunState.RUNNING:
            return None
        moments = [each.due_at for each in self.steps if each.due_at is not None]
        return min([*moments, *([] if self.escalate_at is None else [self.escalate_at])], default=None)

    def step(self, number: int) -> tuple[Step, StepRun]:
        """What the runbook says of it, and how it is."""
        place = next(place for place, each in enumerate(self.steps) if each.number == number)
        return self.runbook.steps[place], self.steps[place]

    @property
    def current(self) -> list[StepRun]:
        """What waits for a person, or is under way."""
        return [each for each in self.steps if each.state not in OVER and each.state is not StepState.WAITING]


@dataclass(frozen=True)
class Grant:
    """What a button of a run's message stands for: a step, or with `step` 0 the whole run. `id` is random."""

    id: str
    run: str
    step: int
