"""What goes on by itself in runbooks that were started: checks are asked, actions done, time runs out, and the message
of each run says how it is. Everything due is a row with a time: a restart goes on where it was.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.access import Actor, Way
from bot.domain.errors import BadInput
from bot.domain.gate.declared import Wanted
from bot.domain.incidents.response import ResponseState, called_on
from bot.domain.runbooks import engine
from bot.domain.runbooks.engine import Moved
from bot.domain.runbooks.expectation import Fit, fit, not_known
from bot.domain.runbooks.registry import CHECKS
from bot.domain.runbooks.run import Run, StepState
from bot.domain.runbooks.runbook import Step, StepKind
from bot.ports.clock import Clock
from bot.ports.notifier import NotifierGone, NotifierUnavailable
from bot.ports.runbook_runs import RunbookBoard
from bot.ports.state import State
from bot.services.app import AppServices
from bot.services.each_alone import each_alone
from bot.services.runbook_actions import Order, actor
from bot.services.runbooks import MOST_TRIES, note, put, shown_of

log = logging.getLogger("fireline.runbooks")
SETTLES = timedelta(seconds=2)
"""So long after a try a channel may not show yet what it took."""
AROUND = timedelta(minutes=15)
"""So long before the trouble the log is looked at."""
PAGING_ON = frozenset({ResponseState.OPEN, ResponseState.ACKNOWLEDGED, ResponseState.EXHAUSTED})
NOBODY = "the incident pages nobody any more"
FIRELINE = Actor("fireline", "Fireline", Way.TERMINAL)


class RunbookWork:
    """`services` are asked each time: they are renewed with the configuration. `board` shows the runs; `wall` dates the
    tries to post, `seconds` is a clock that nobody sets.
    """

    def __init__(
        self, services: AppServices, state: State, board: RunbookBoard, wall: Clock, seconds: Callable[[], float]
    ) -> None:
        self._services, self._state, self._board = services, state, board
        self._wall, self._seconds = wall, seconds
        self._not_before: dict[str, float] = {}

    def look(self) -> None:
        now = self._services.now()
        each_alone(lambda run: self._advance(run, now), self._state.runbooks.due(now))
        each_alone(lambda run: self._show(run, now), self._state.runbooks.to_show())

    def _advance(self, run: Run, now: datetime) -> None:
        for step, state in zip(run.runbook.steps, run.steps, strict=True):
            if state.due_at is None or state.due_at > now:
                continue
            if state.state is StepState.CHECKING:
                self._check(run, step, now)
            elif state.state is StepState.ACTING:
                self._act(run.id, step.number, now)
        if run.escalate_at is not None and run.escalate_at <= now:
            self._escalate(run, now)

    def _check(self, run: Run, step: Step, now: datetime) -> None:
        found = self._services.runbooks.checks.measure(step, run.subject, _since(run, self._began(run)), now)
        check = CHECKS.get(step.call)
        try:
            how = Fit.NOT_KNOWN if check is None else fit(found, step.expect, check)
        except BadInput as error:  # of a runbook that an older release has stored
            found, how = not_known(str(error), now), Fit.NOT_KNOWN
        self._change(run.id, lambda run: engine.measured(run, step.number, found, how, now), now)

    def _began(self, run: Run) -> datetime:
        incident = self._state.incident(run.incident) if run.incident else None
        return run.started_at if incident is None else incident.headline.seen_since

    def _act(self, run_id: str, number: int, now: datetime) -> None:
        """A try is noted before it is made; whoever comes second makes none."""
        run = self._state.runbooks.run(run_id)
        tried = None if run is None else engine.attempted(run, number, now)
        if run is None or tried is None or not put(self._state, Moved(tried, ()), now):
            return
        step, state = tried.step(number)
        order = Order(tried, step, state, actor(state.by_key, state.by), now)
        try:
            text = self._services.runbooks.actions.do(order)
        except BadInput as error:
            why = str(error)
            self._change(run_id, lambda run: engine.refused(run, number, why, now), now)
            return
        self._change(run_id, lambda run: engine.acted(run, number, text, now), now)

    def _escalate(self, run: Run, now: datetime) -> None:
        """By the incident's own pages; without an incident one is declared, which pages."""
        if run.incident:
            self._page_on(run.id, run.incident, now)
            return
        late = engine.time_is_up(run, now)
        if late is None:
            return
        wanted = Wanted(title=late.said[0][:150], severity=run.runbook.severity, because=f"{run.label} took too long")
        self._services.declaring.declare(wanted, FIRELINE, now, key=f"runbook:{run.id}")
        self._change(run.id, lambda run: engine.time_is_up(run, now), now)

    def _page_on(self, run_id: str, incident: str, now: datetime) -> None:
        """The run is marked and the next page is due in one transaction."""
        run = self._state.runbooks.run(run_id)
        if run is None:
            return
        with self._state.transaction() as tx:
            response = tx.responses.of([incident]).get(incident)
            after = None if response is None or response.state not in PAGING_ON else called_on(response, now)
            pages = after is not None and after.next_at is not None
            moved = engine.time_is_up(run, now) if pages else engine.time_is_up(run, now, NOBODY)
            if moved is None or not tx.runbooks.put(moved.run):
                return
            note(tx, moved, now)
            if after is not None:
                tx.responses.put(after)
        log.info("%s: %s", moved.run.label, moved.said[0])

    def _change(self, run_id: str, move: Callable[[Run], Moved | None], now: datetime) -> None:
        """Over the run as it is when it is changed."""
        for _ in range(MOST_TRIES):
            run = self._state.runbooks.run(run_id)
            moved = None if run is None else move(run)
            if moved is None or put(self._state, moved, now):
                return

    def _show(self, run: Run, now: datetime) -> None:
        if self._seconds() < self._not_before.get(run.id, 0.0):
            return
        try:
            self._delivered(run, now)
        except NotifierUnavailable as error:
            self._not_before[run.id] = self._seconds() + max(error.retry_after, 1.0)
            log.warning("%s is not shown as it is, it will be tried again: %s", run.label, error)
        else:
            self._not_before.pop(run.id, None)

    def _delivered(self, run: Run, now: datetime) -> None:
        """A message that nobody may have posted is looked for before it is posted again."""
        shown, message, wall = shown_of(self._state, run, now), run.message, self._wall()
        if message is None and run.tried_at is not None:
            if timedelta() <= wall - run.tried_at < SETTLES:
                return
            message = self._board.find(shown)
        if message is None:
            with self._state.transaction() as tx:
                claimed = tx.runbooks.trying(run, wall)
            if not claimed:
                return
            message = self._board.post(shown)
        else:
            try:
                self._board.edit(message, shown)
            except NotifierGone:
                log.info("the message of %s is gone", run.label)
        with self._state.transaction() as tx:
            tx.runbooks.showed(run.id, message, run.version)


def _since(run: Run, began: datetime) -> datetime:
    """What is looked at begins shortly before the trouble; after an action with that: what failed before it does not
    count against it.
    """
    pairs = zip(run.runbook.steps, run.steps, strict=True)
    acted = [state.at for step, state in pairs if step.kind is StepKind.ACTION and state.state is StepState.DONE]
    return max([began - AROUND, *(at for at in acted if at is not None)])
