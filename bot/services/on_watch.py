"""What is done all the time, besides answering: watching the pipeline, and saying what was decided."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import Notice
from bot.ports.clock import Clock
from bot.ports.metrics import Metrics, Uncounted
from bot.services.detection import DetectionService
from bot.services.incident_facts import IncidentFacts
from bot.services.incident_messages import IncidentMessages

TICK = timedelta(minutes=1)


class OnWatch:
    """`clock` is the pipeline's time, which a demo may let run faster; `wall` is that of the channel."""

    def __init__(
        self,
        detection: DetectionService,
        messages: IncidentMessages,
        clock: Clock,
        wall: Clock,
        metrics: Metrics | None = None,
    ) -> None:
        self._detection, self._messages, self._clock, self._wall = detection, messages, clock, wall
        self._metrics = metrics or Uncounted()
        self._last: datetime | None = None
        self.before: Callable[[], None] = lambda: None
        """Done before each look whether a tick is due."""
        self.mine: Callable[[], bool] = lambda: True
        """Does this process detect, and no other?"""

    def renew(self, detection: DetectionService, facts: IncidentFacts) -> None:
        """Go on with these; called between two ticks. The next one begins at once, over the history again."""
        self._detection, self._last = detection, None
        self._messages.renew(facts)

    def detect(self) -> None:
        """One tick, if a tick's time has passed since the last that ended well. A last tick that lies ahead, as after a
        clock was put back, says nothing.
        """
        self.before()
        if not self.mine():
            self._detection.forget()
            self._last = None
            return
        now = self._clock().replace(microsecond=0)
        if self._last is None or not timedelta() <= now - self._last < TICK:
            self._detection.tick(now)
            self._last = now
            self._metrics.ticked()

    def tell(self) -> None:
        """Say what was decided and not said yet, but for P0."""
        self._messages.deliver(self._clock(), self._wall(), lambda severity: severity is not Severity.P0)
        self._messages.redraw(self._clock())

    def tell_urgent(self) -> None:
        """The same of P0, which waits for nothing."""
        self._messages.deliver(self._clock(), self._wall(), lambda severity: severity is Severity.P0)

    def latest(self, incident: Incident) -> Notice | None:
        """What an incident's message says, as of now; None: it was not announced."""
        return self._messages.latest(incident, self._clock())

    def stop(self) -> None:
        self._messages.stop()
