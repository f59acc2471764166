"""A pager that remembers what it was given, and fails as it is told; and a story of one incident that pages people."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.access import Actor, Identity, Origin, Role, Way, without_slack
from bot.domain.audit import Seal
from bot.domain.delivery import Act, Kind, Outcome, Page, Queued
from bot.domain.findings.finding import Finding
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import Response
from bot.domain.oncall.schedule import Person, Schedule
from bot.ports.fakes.metrics import FakeMetrics
from bot.ports.fakes.state import FakeState
from bot.ports.state import State
from bot.services.auditor import Auditor
from bot.services.escalation import EscalationService
from bot.services.gate import GateService
from bot.services.paging import PagingService
from bot.services.responses import ResponseService
from tests.support.gate_story import RULES, START
from tests.support.rotas import PLAN

YES = Outcome(Kind.YES, "ok")


def person(name: str) -> Actor:
    """Somebody in Slack."""
    return Actor(f"U{name.upper()}", name)


def member(actor: Actor) -> Identity:
    """As Slack calls everybody where no access.yaml says more."""
    return Identity(Origin.MEMBER, Role.RESPONDER) if actor.way is Way.SLACK else without_slack(actor)


@dataclass
class FakePager:
    """Takes everything, unless `answer` says otherwise. `taken` are the pages that arrived; `sees`: it can be asked;
    `finds`: what it shows whoever asks.
    """

    name: str
    provider: str = ""
    reaches: frozenset[str] = frozenset({"Ana", "Ben", "Chris", "Dana"})
    answer: Callable[[Page], Outcome] = lambda _page: YES
    arrives: Callable[[Page], bool] = lambda _page: True
    sees: bool = True
    wakes: bool = True
    finds: Outcome | None = None
    taken: list[Page] = field(default_factory=list)
    tries: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.provider = self.provider or self.name

    def target(self, person: Person) -> str | None:
        return f"{self.name}:{person.name}" if person.name in self.reaches else None

    def send(self, page: Page) -> Outcome:
        self.tries.append(page)
        outcome = self.answer(page)
        if outcome.kind is Kind.YES or (outcome.kind is Kind.AMBIGUOUS and self.arrives(page)):
            self.taken.append(page)
        return replace(outcome, ref=page.id) if outcome.kind is Kind.YES else outcome

    def find(self, page: Page) -> Outcome | None:
        if not self.sees or self.finds is not None:
            return self.finds
        taken = any(each.id == page.id for each in self.taken)
        return replace(YES, ref=page.id) if taken else Outcome(Kind.NO, "not there")


class PagedStory:
    """One clock for everything, which `set_clock` may set. `held` are the findings that hold."""

    def __init__(
        self,
        begin: datetime,
        *pagers: FakePager,
        plan: Schedule = PLAN,
        state: State | None = None,
        policy: EscalationPolicy | None = None,
    ) -> None:
        self.now, self.state = begin, state or FakeState()
        self.set_by, self.metrics = timedelta(), FakeMetrics()
        self.pagers = pagers or (FakePager("slack"), FakePager("voice", "twilio"))
        self.gate = GateService(self.state, RULES, escalation=policy or EscalationPolicy())
        self.plan, self.held = plan, list[Finding]()
        self.responses = ResponseService(self.state, lambda _: self.plan, identify=member)
        self.restart()

    def restart(self, boot: str = "the same") -> None:
        """As another process would begin, after a kill; `boot`: after that start of the machine."""
        self.paging = PagingService(
            self.state,
            self.pagers,
            self.plan.by_name.get,
            lambda incident, _response, _queued, carried: (
                incident.label,
                " ".join([incident.label, *(each.incident.label for each in carried)]),
            ),
            lambda: self.now,
            self.seconds,
            self.metrics,
            boot,
        )
        schedule, clock = lambda _: self.plan, lambda: self.now
        self.escalation = EscalationService(self.state, schedule, self.paging.target, clock, self.seconds, clock, boot)

    def seconds(self) -> float:
        return (self.now - self.set_by).timestamp()

    def auditor(self) -> Auditor:
        """By the clock of the story; it tells nobody."""
        return Auditor(self.state, lambda: self.now, lambda: self.now, lambda: None, Seal(), lambda *_: None)

    def look(self) -> None:
        """All lanes once."""
        self.gate.tick(self.now.replace(microsecond=0), self.held)
        self.escalation.tick()
        self.paging.deliver()

    def fast_forward(self, minutes: float, step_s: float = 15) -> None:
        """The time passes, and the lanes look all the while."""
        until = self.now + timedelta(minutes=minutes)
        while self.now < until:
            self.now = min(until, self.now + timedelta(seconds=step_s))
            self.look()

    def set_clock(self, by: timedelta) -> None:
        self.now += by
        self.set_by += by

    def stand_still(self, minutes: float) -> None:
        """The time passes, and nobody looks."""
        self.now += timedelta(minutes=minutes)

    @property
    def incident(self) -> Incident:
        [found] = self.state.open_incidents()
        return found

    def paged(self) -> list[tuple[str, str]]:
        """(person, channel) of what arrived since the last time, in order of time."""
        arrived = sorted((page for pager in self.pagers for page in pager.taken), key=lambda page: page.created_at)
        for pager in self.pagers:
            pager.taken.clear()
        return [(page.person, page.channel) for page in arrived]


def queued(
    name: str,
    channel: str = "slack",
    severity: Severity = Severity.P0,
    of: Response | None = None,
    person: str = "Ana",
) -> Queued:
    """A page that is due since the beginning; `of`: for that response's incident."""
    incident, key = ("I1", "I1:1") if of is None else (of.incident, of.dedup_key)
    page = Page(
        id=name,
        dedup_key=key,
        label="INC-1",
        severity=severity,
        act=Act.TRIGGER,
        channel=channel,
        person=person,
        target=f"{channel}:{person}",
        created_at=START,
    )
    return Queued(page=page, incident=incident, not_before=START)
