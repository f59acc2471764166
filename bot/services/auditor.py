"""Once a minute: does every incident that nobody has taken have a next act in time, every page an outcome, and does the
audit chain go on from where it was?

Whoever waits for the heartbeat outside hears of it when this stops, or finds something wrong.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Lock

from bot.domain.audit import NOTHING, Anchor, Seal, verify
from bot.domain.delivery import PageState, Queued
from bot.domain.errors import FirelineError
from bot.domain.escalation import undone
from bot.domain.incidents.incident import Incident
from bot.ports.clock import Clock
from bot.ports.state import State
from bot.services.paging import LEASE

MOST_NAMED = 3
TAIL = 100
APART = 100
"""Records of the audit chain between two anchors, at most."""


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
        self._chaining = Lock()

    def audit(self) -> None:
        """What was due at the last audit, and has not been touched since, is overdue. Raises AuditFailed."""
        due = set(self._due_now())
        overdue, self._due = due & self._due, due
        wrong = [f"{what} is due since the last audit" for what, _ in sorted(overdue)]
        wrong += [*self._undone(), *self._chain()]
        if wrong:
            more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
            raise AuditFailed("; ".join(wrong[:MOST_NAMED]) + more)
        self._alive()

    def anchor(self) -> None:
        """A burst of records is not without an anchor until the next audit. Raises AuditFailed for a chain that is not
        whole.
        """
        before = self._anchor
        if before is not None and self._state.audit_end().seq >= before.seq + APART and (wrong := self._chain()):
            raise AuditFailed("; ".join(wrong[:MOST_NAMED]))

    def _due_now(self) -> Iterator[tuple[str, int]]:
        """What it is called, and how often it was touched."""
        for response in self._state.responses_due(self._clock()):
            yield f"the escalation of {response.incident}", response.version
        for queued in self._state.pages_due(self._wall()):
            yield f"the page {queued.page.id} for {queued.page.label}", queued.page.attempts

    def _chain(self) -> tuple[str, ...]:
        """What is wrong with it since the last anchor; where nothing is, and it has grown, there are new ones."""
        with self._chaining:
            end = self._state.audit_end()
            begin = self._anchor or self._tail(end)
            links = [link for link in self._state.audit_after(begin.seq) if link.seq <= end.seq]
            faults = verify(links, self._seal, end, begin=begin).faults
            if not faults and end != self._anchor:
                self._anchor = end
                between = (Anchor(link.seq, link.hash) for link in links[APART - 1 : -1 : APART])
                for anchor in (*between, end):
                    self._drop(anchor, self._wall())
            return faults

    def _tail(self, end: Anchor) -> Anchor:
        """Where to begin at the start: `fireline audit verify` looks at the whole."""
        seq = end.seq - TAIL
        first = next(iter(self._state.audit_after(seq - 1)), None) if seq > 0 else None
        return NOTHING if first is None else Anchor(first.seq, first.hash)

    def _undone(self) -> Iterator[str]:
        now, wall = self._clock(), self._wall()
        unsaid = {each.decision.incident for each in self._state.unsaid()}
        for incident in self._state.open_incidents():
            if incident.number and incident.message is None and incident.id not in unsaid:
                yield f"{incident.label} has no message, and nothing is left to be said of it"
            response = self._state.response(incident.id)
            if response is not None:
                yield from undone.of_response(incident, response, now)
                pages, said = self._state.pages_of(response.dedup_key), self._state.timeline(incident.id)
                yield from undone.of_pages(incident, response, pages, said, wall, LEASE)
                yield from self._left_behind(pages)
            elif self._was_paged(incident):
                yield f"{incident.label} has lost its response: nobody will be paged"

    def _left_behind(self, pages: list[Queued]) -> Iterator[str]:
        for queued in pages:
            if queued.state is PageState.CARRIED:
                carrier = self._state.page(queued.carried_by)
                goes = carrier is not None and carrier.state in (PageState.SENDING, PageState.UNCLEAR)
                if not goes and self._state.page(queued.page.id) == queued:
                    yield f"the page {queued.page.id} for {queued.page.label} goes with a page that is not on its way"

    def _was_paged(self, incident: Incident) -> bool:
        """One of before there were responses has none, and no timeline."""
        return bool(self._state.timeline(incident.id))
