"""One message for each repair asks for its approval, or shows how far it is; it is edited when something has changed,
at most every 15 s. It says nothing that becomes untrue as time passes: at what time the repair may be over, not in how
many minutes.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.plan import Limits
from bot.domain.reprocessing.progress import Progress, progress
from bot.domain.reprocessing.repair import Repair, RepairState, given_up, record_of
from bot.ports.clock import Clock
from bot.ports.notifier import NotifierGone, NotifierUnavailable
from bot.ports.repair_board import RepairBoard
from bot.ports.state import State

EDIT_EVERY_S = 15.0
LOOK_EVERY_S = 3.0
FIRST_AFTER_S = 10.0
"""Whoever started a repair in Slack, or asked for its approval there, has posted its message by then."""
SHOWN_AGAIN = timedelta(days=1)
"""Of repairs that ended longer ago nothing is changed any more."""
SLIPS = timedelta(minutes=5)
"""By so much the time at which it may be over has to move to be worth an edit."""
LATEST = 20
LATER_S = 30.0
log = logging.getLogger("fireline.repairs")


@dataclass
class _Shown:
    """`said` is what its message says, `eta` when the repair may be over; `not_before` on the clock that nobody sets;
    `since`: first seen here.
    """

    since: float
    said: object = None
    eta: datetime | None = None
    not_before: float = 0.0


class RepairMessages:
    """For one process. `seconds` is a clock that nobody sets."""

    def __init__(
        self, state: State, board: RepairBoard, limits: Callable[[], Limits], now: Clock, seconds: Callable[[], float]
    ) -> None:
        self._state, self._board, self._limits = state, board, limits
        self._now, self._seconds = now, seconds
        self._shown: dict[str, _Shown] = {}

    def look(self) -> None:
        now = self._now()
        for repair in self._state.repairs.latest(LATEST):
            over = repair.ended_at is not None and now - repair.ended_at > SHOWN_AGAIN
            unseen = repair.state is RepairState.CANCELLED and repair.started_at is None and repair.message is None
            if not over and not unseen:
                self._show(self._given_up(repair, now) or repair)

    def _given_up(self, repair: Repair, now: datetime) -> Repair | None:
        """Else its message would go on asking."""
        after = given_up(repair, now)
        if after is None:
            return None
        with self._state.transaction() as tx:
            stored = tx.repairs.put(after)
            if stored is not None:
                tx.audit.add(record_of(stored, "given_up", "", now))
        return stored

    def _show(self, repair: Repair) -> None:
        shown = self._shown.setdefault(repair.id, _Shown(self._seconds()))
        told = (repair.version, repair.is_over)
        if (repair.is_over and shown.said == told) or self._seconds() < shown.not_before:
            return
        found = progress(repair, self._state.repairs.steps(repair.id), self._limits(), self._now())
        said = told if repair.is_over else (told, _figures(found))
        if said == shown.said and not _slipped(repair, shown.eta, found.eta):
            shown.not_before = self._seconds() + LOOK_EVERY_S
            return
        try:
            if self._say(repair, found, shown):
                shown.said, shown.eta, shown.not_before = said, found.eta, self._seconds() + EDIT_EVERY_S
        except NotifierUnavailable as error:
            shown.not_before = self._seconds() + max(error.retry_after, LATER_S)
            log.info("%s is not shown: %s", repair.label, error)

    def _say(self, repair: Repair, found: Progress, shown: _Shown) -> bool:
        if repair.message is not None:
            try:
                self._board.edit(repair.message, repair, found, self._now())
            except NotifierGone:
                self._post(repair, found)
            return True
        if self._seconds() - shown.since < FIRST_AFTER_S and not repair.is_over:
            return False
        known = self._board.find(repair, self._thread(repair))
        if known is None:
            self._post(repair, found)
        else:
            self._keep(repair, known)
            self._board.edit(known, repair, found, self._now())
        return True

    def _post(self, repair: Repair, found: Progress) -> None:
        self._keep(repair, self._board.post(repair, found, self._now(), self._thread(repair)))

    def _thread(self, repair: Repair) -> MessageRef | None:
        incident = self._state.incident(repair.incident) if repair.incident else None
        return None if incident is None else incident.message

    def _keep(self, repair: Repair, message: MessageRef) -> None:
        with self._state.transaction() as tx:
            tx.repairs.set_message(repair.id, message)


def _figures(found: Progress) -> tuple[object, ...]:
    """What is worth an edit: not the time that passes."""
    counts = found.done, found.proved, found.failed, found.running, found.checking, found.left
    named = *found.trouble, *found.unclear[:1], *found.untold[:1]
    return *counts, found.late, tuple((step.key, step.reason) for step in named)


def _slipped(repair: Repair, said: datetime | None, eta: datetime | None) -> bool:
    """Of one that is paused it moves as time does, and its message says how much is left."""
    if said is None or eta is None:
        return said is not eta
    return repair.state is not RepairState.PAUSED and abs(eta - said) >= SLIPS
