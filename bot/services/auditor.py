"""Once a minute: does every incident that nobody has taken have a next act in time, every page an outcome, and does the
audit chain go on from where it was?

Whoever waits for the heartbeat outside hears of it when this stops, or finds something wrong.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from bot.domain.audit import NOTHING, Anchor, Seal, verify
from bot.domain.errors import FirelineError
from bot.domain.incidents.response import Response, ResponseState
from bot.ports.clock import Clock
from bot.ports.state import State

MOST_NAMED = 3
TAIL = 100


class AuditFailed(FirelineError):
    """Escalation or paging does not do its work."""


class Auditor:
    """`clock` is the pipeline's time, `wall` the machine's. `alive` tells the outside that an audit has ended well;
    `drop` notes an anchor of the audit chain outside the database.
    """

    def __init__(
        self,
        state: State,
        clock: Clock,
        wall: Clock,
        alive: Callable[[], None],
        seal: Seal,
        drop: Callable[[Anchor, datetime], None],
    ) -> None:
        self._state, self._clock, self._wall, self._alive = state, clock, wall, alive
        self._seal, self._drop = seal, drop
        self._due: set[tuple[str, int]] = set()
        self._anchor: Anchor | None = None

    def audit(self) -> None:
        """What was due at the last audit, and has not been touched since, is overdue. Raises AuditFailed."""
        due = set(self._due_now())
        overdue, self._due = due & self._due, due
        wrong = [f"{what} is due since the last audit" for what, _ in sorted(overdue)] + list(self._without_next())
        wrong += self._chain()
        if wrong:
            more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
            raise AuditFailed("; ".join(wrong[:MOST_NAMED]) + more)
        self._alive()

    def _due_now(self) -> Iterator[tuple[str, int]]:
        """What it is called, and how often it was touched."""
        for response in self._state.responses_due(self._clock()):
            yield f"the escalation of {response.incident}", response.version
        for queued in self._state.pages_due(self._wall()):
            yield f"the page {queued.page.id} for {queued.page.label}", queued.page.attempts

    def _chain(self) -> tuple[str, ...]:
        """What is wrong with it since the last anchor; where nothing is, and it has grown, there is a new one."""
        end = self._state.audit_end()
        begin = self._anchor or self._tail(end)
        links = [link for link in self._state.audit_after(begin.seq) if link.seq <= end.seq]
        faults = verify(links, self._seal, end, begin=begin).faults
        if not faults and end != self._anchor:
            self._anchor = end
            self._drop(end, self._wall())
        return faults

    def _tail(self, end: Anchor) -> Anchor:
        """Where to begin at the start: `fireline audit verify` looks at the whole."""
        seq = end.seq - TAIL
        first = next(iter(self._state.audit_after(seq - 1)), None) if seq > 0 else None
        return NOTHING if first is None else Anchor(first.seq, first.hash)

    def _without_next(self) -> Iterator[str]:
        for incident in self._state.open_incidents():
            response = self._state.response(incident.id)
            if response is not None and _is_forgotten(response):
                yield f"{incident.label} is open, and nobody will be paged"


def _is_forgotten(response: Response) -> bool:
    return response.state is ResponseState.OPEN and bool(response.ladder.steps) and response.next_at is None
