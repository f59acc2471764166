"""Decisions in a state, a channel, and the process that tells the one in the other."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.gate.memory import GateResult
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.incident import Incident, IncidentState
from bot.domain.incidents.outbox import to_say
from bot.ports.fakes.metrics import FakeMetrics
from bot.ports.fakes.notifier import FakeNotifier, Posted
from bot.ports.fakes.state import FakeState
from bot.ports.notifier import Notifier
from bot.services.incident_facts import IncidentFacts
from bot.services.incident_messages import IncidentMessages
from tests.support.gate_story import REGISTRY, START
from tests.support.notices import RESOLVED, incident

MINUTE = timedelta(minutes=1)


def over(name: str = "I1") -> Incident:
    return replace(incident(name), state=IncidentState.RESOLVED, resolved_at=RESOLVED)


class Decided:
    """A state that the gate writes, and a process over it that may be started anew."""

    def __init__(self, channel: Notifier) -> None:
        self.state, self._channel, self.metrics = FakeState(), channel, FakeMetrics()
        self.restart()

    def restart(self) -> None:
        self.seconds = 0.0
        facts = IncidentFacts(self.state, REGISTRY)
        self.messages = IncidentMessages(self.state, self._channel, facts, lambda: self.seconds, self.metrics)

    def decided(self, made: Decision, said: Incident | None = None) -> None:
        """As a tick of the gate leaves it."""
        memory = self.state.remembered(made.at, timedelta(hours=24))
        stored = memory.incidents.get(made.incident)
        after = said or stored or incident(made.incident, severity=made.severity)
        kept = replace(after, version=stored.version, message=stored.message) if stored is not None else after
        with self.state.transaction() as tx:
            tx.gate.commit(made.at, GateResult((made,), (), (kept,)), memory.version)
            tx.outbox.add(to_say([made]))

    def deliver(self, now: datetime, asked_at: datetime | None = None) -> None:
        """`asked_at` is the machine's time, by its wall clock and its monotonic one."""
        wall = asked_at or now
        self.seconds = (wall - START).total_seconds()
        self.messages.deliver(now, wall)


class Channel(Decided):
    """The same with a channel in memory."""

    def __init__(self, notifier: FakeNotifier | None = None) -> None:
        self.notifier = notifier or FakeNotifier()
        super().__init__(self.notifier)

    @property
    def told(self) -> list[Posted]:
        return list(self.notifier.messages.values())
