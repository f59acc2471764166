"""The pipeline as discrete events in the order of time: slots, scrapes, retries, polls, ends of runs."""

import heapq
from collections.abc import Callable
from datetime import date, timedelta
from itertools import takewhile

from sandbox.pipeline.chance import unit
from sandbox.pipeline.effects import struck
from sandbox.pipeline.faults import Fault, Faults
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.ledger import Ledger
from sandbox.pipeline.messages import JANITOR, REPLACED, RESTARTED, SKIP_RUNNING
from sandbox.pipeline.moments import HOUR, MINUTE, eastern_date, slot
from sandbox.pipeline.outcomes import Attempt, Outcome, file_size, healthy, leaves_empty_file, skipped
from sandbox.pipeline.polls import succeeding_polls
from sandbox.pipeline.runs import Run
from sandbox.pipeline.state import State
from sandbox.pipeline.supply import changed_at, source_offers
from sandbox.pipeline.volume import poll_plans
from sandbox.pipeline.weather import everyday
from sandbox.pipeline.world import World

WARM_UP = timedelta(days=3)
SCRAPED_BEFORE = 15 * MINUTE
"""A source without a registered scraper is fetched this long before each slot of its processors."""
RETRIES = {"processing_error": (3, 5 * MINUTE), "validation_failed": (3, 5 * MINUTE), "timeout": (2, 2 * MINUTE)}
"""Attempts and pause by category; other failures wait for the next slot."""
PHASE_FIVE_ATTEMPTS = 5
"""Everyday troubles of phase 5 are tried that often."""
LONGEST_WAIT = 25 * MINUTE
NEVER_FINISH = frozenset({"timeout", "phase5_down"})

Event = tuple[int, int, Callable[..., None], tuple[object, ...]]


class Engine:
    """Runs the world. Everything it does depends on the seed, the times and the commands, never on the steps taken."""

    def __init__(self, world: World, troubled_until: int) -> None:
        """`troubled_until`: everyday troubles happen before that instant."""
        self.world = world
        self.faults = Faults()
        self.state = State()
        self.ledger = Ledger(world, troubled_until)
        self.running: dict[tuple[str, date], Run] = {}
        self.plans = poll_plans(world)
        self._troubled_until = troubled_until
        self._events: list[Event] = []
        self._order = 0
        self._next_day = eastern_date(world.start) - WARM_UP
        self.reached = 0
        """The instant up to which everything has happened."""

    def run_until(self, until: int) -> None:
        """Let everything happen that happens up to and including `until` (epoch seconds)."""
        while slot(self._next_day, 0.0) <= until:
            self._until(slot(self._next_day, 0.0))
            self._open_day(self._next_day)
            self._next_day += timedelta(days=1)
        self._until(until)
        self.reached = max(self.reached, until)

    def _until(self, until: int) -> None:
        while self._events and self._events[0][0] <= until:
            at, _, handler, details = heapq.heappop(self._events)
            handler(at, *details)

    def _push(self, at: int, handler: Callable[..., None], *details: object) -> None:
        self._order += 1
        heapq.heappush(self._events, (at, self._order, handler, details))

    def _open_day(self, day: date) -> None:
        for processor in self.world.fleet:
            for number, hours in enumerate(processor.slots):
                delay = int(unit(self.world.seed, processor.name, day, hours, "jitter") * 3.9 * MINUTE)
                self._push(slot(day, hours) + delay, self._on_slot, processor, day, number)
        for source in self.world.fleet.unscraped:
            users = self.world.fleet.by_source[source]
            due = sorted({at for user in users for at in self._wanted(user, day)})
            for number, at in enumerate(due):
                early = SCRAPED_BEFORE + int(unit(self.world.seed, source, day, at) * 3 * MINUTE)
                self._push(at - early, self._on_scrape, source, day, number == len(due) - 1)
        for plan in self.plans:
            for at in succeeding_polls(self.world, plan, day):
                self._push(at, self._on_poll, plan.processor, day)

    def _wanted(self, user: Processor, day: date) -> list[int]:
        """When a processor wants its file: at its slots; a sporadic one when the source has changed."""
        change = changed_at(self.world, user, day) if user.sporadic else None
        return [slot(day, hours) for hours in user.slots] + ([] if change is None else [change + HOUR // 3])

    def _on_slot(self, at: int, processor: Processor, day: date, number: int) -> None:
        self.start(Attempt(processor, day, at, slot_number=number))

    def _on_poll(self, at: int, processor: Processor, day: date) -> None:
        if (processor.name, day) not in self.running:
            self.start(Attempt(processor, day, at, trigger="poll"))

    def _on_retry(self, at: int, previous: Attempt) -> None:
        if (previous.processor.name, previous.day) not in self.running:
            self.start(
                Attempt(previous.processor, previous.day, at, "retry", previous.number + 1, previous.slot_number)
            )

    def _on_reload(self, at: int, names: list[str], day: date, asked: bool) -> None:
        """Those that are equally far down at once, then what depends on them; a run that takes too long does not hold
        up the rest.
        """
        together, ends = self._first_level(names), at
        for name in together:
            run = self._again(self.world.fleet.by_name[name], day, at, asked)
            ends = max(ends, at if run is None else min(run.ends, at + LONGEST_WAIT))
        rest = names[len(together) :]
        if rest:
            self._push(ends + MINUTE, self._on_reload, rest, day, asked)

    def _first_level(self, names: list[str]) -> list[str]:
        """The leading ones of one depth; a name that comes again waits for its turn."""
        depth = self.world.fleet.depth(names[0])
        level = list(takewhile(lambda name: self.world.fleet.depth(name) == depth, names))
        return level[:1] if len(set(level)) < len(level) else level

    def _again(self, processor: Processor, day: date, at: int, asked: bool) -> Run | None:
        if asked:
            self._kill_hung(processor, day, at)
        if (processor.name, day) in self.running:
            return None
        return self.start(Attempt(processor, day, at, "backfill", asked=asked))

    def _on_scrape(self, at: int, source: str, day: date, last: bool) -> None:
        """An unregistered scraper looks for a file; its failures leave no trace but the missing file."""
        if self.state.has_raw(source, day) or self._source_down(source, day, at):
            return
        if source_offers(self.world, source, day, at):
            self._write_raw(source, day, file_size(self.world, source, day), at)
        elif last and leaves_empty_file(self.world, source, day):
            self._write_raw(source, day, 2, at)

    def _source_down(self, source: str, day: date, at: int) -> bool:
        user = self.world.fleet.by_source[source][0]
        return any(fault.name == "scraper_down" for fault in self.faults.striking(user.name, day, at))

    def _write_raw(self, source: str, day: date, size: int, at: int) -> None:
        self.state.raw[source, day] = max(size, self.state.raw.get((source, day), 0))
        self.ledger.raw(source, day, size, at)

    def start(self, attempt: Attempt) -> Run | None:
        """Begin one attempt; None if a scheduler fault or a hung run keeps it from starting."""
        key = (attempt.processor.name, attempt.day)
        blocking = self.running.get(key)
        if blocking is not None:
            if not blocking.outcome.hung:
                outcome = skipped(attempt.draw(self.world), SKIP_RUNNING, attempt.day)
                self.ledger.run(Run(attempt, outcome))
            return None
        outcome_or_none = self._decide(attempt)
        if outcome_or_none is None:
            return None
        run = Run(attempt, outcome_or_none)
        self.running[key] = run
        self._push(run.ends, self._on_end, run)
        return run

    def _decide(self, attempt: Attempt) -> Outcome | None:
        outcome = healthy(self.world, self.state, attempt)
        if attempt.at < self._troubled_until:
            outcome = everyday(self.world, self.state, attempt, outcome)
        faults = self.faults.striking(attempt.processor.name, attempt.day, attempt.at, attempt.asked)
        return struck(self.world, self.state, attempt, outcome, faults) if faults else outcome

    def _on_end(self, at: int, run: Run) -> None:
        if run.ends != at or run.over:
            return
        self._finish(run)

    def _finish(self, run: Run) -> None:
        run.over = True
        attempt, outcome = run.attempt, run.outcome
        key = (attempt.processor.name, attempt.day)
        del self.running[key]
        if outcome.rows is not None:
            self._load(attempt.processor, attempt.day, outcome.rows, run.ends)
            if attempt.asked:
                self.state.marked_done.discard(key)
        if outcome.raw_bytes is not None:
            self._write_raw(str(attempt.processor.source), attempt.day, outcome.raw_bytes, run.ends)
        if outcome.marks_done:
            self.state.marked_done.add(key)
        self.ledger.run(run)
        if outcome.status == "failed":
            self._retry(run, key)

    def _load(self, processor: Processor, day: date, rows: int, at: int) -> None:
        self.state.tables[processor.name, day] = rows
        self.ledger.load(str(processor.table), day, rows, at)

    def _retry(self, run: Run, key: tuple[str, date]) -> None:
        attempt, category = run.attempt, run.outcome.category
        if category not in RETRIES or attempt.trigger not in {"schedule", "retry"} or run.outcome.hung:
            return
        self.state.failures[key] = self.state.failures.get(key, 0) + 1
        attempts, pause = RETRIES[category]
        if attempt.processor.phase == 5 and attempt.at < self._troubled_until:
            attempts = PHASE_FIVE_ATTEMPTS
        if attempt.number < attempts:
            extra = int(unit(self.world.seed, *attempt.key, "pause") * MINUTE)
            self._push(run.ends + pause + extra, self._on_retry, attempt)

    def inject(self, fault: Fault, at: int) -> None:
        """The fault holds from now on. For a date whose slots are over, the date is processed again from scratch."""
        self.faults.by_id[fault.id] = fault
        processor = self.world.fleet.by_name.get(fault.processor or "")
        if fault.day is None or processor is None or slot(fault.day, processor.slots[-1]) + 10 * MINUTE > at:
            return
        self.start_over(processor.name, fault.day, at, twice=fault.name == "idempotency_block")

    def start_over(self, name: str, day: date, at: int, *, twice: bool = False) -> None:
        """Empty the tables of a date and process it again, with everything that depends on it; `twice`: itself twice,
        so that the second run can skip what the first has marked done.
        """
        names = [name, *self.world.fleet.downstream(name)]
        for other in names:
            if self.state.tables.get((other, day)):
                self._load(self.world.fleet.by_name[other], day, 0, at)
        self.reload([*names[:twice], *names], day, at)

    def reload(self, names: list[str], day: date, at: int, asked: bool = False) -> None:
        """Run `names` for `day`, one after the other; `asked`: as if a person had, so that it repairs."""
        self._push(at + 5, self._on_reload, names, day, asked)

    def heal(self, fault: Fault, at: int) -> None:
        """The fault ends. Runs that hung under it are cleaned up a minute later; those that live and would not finish
        end with the service that is restarted.
        """
        self.faults.by_id[fault.id] = fault
        for run in list(self.running.values()):
            if run.attempt.processor.name not in fault.targets:
                continue
            if run.outcome.hung and fault.name == "stuck_run":
                run.cut(at + MINUTE, JANITOR)
                self._push(run.ends, self._on_end, run)
            elif run.outcome.category == "timeout" and fault.name in NEVER_FINISH and run.attempt.at < at:
                run.cut(at, RESTARTED)
                self._push(run.ends, self._on_end, run)

    def _kill_hung(self, processor: Processor, day: date, at: int) -> None:
        blocking = self.running.get((processor.name, day))
        if blocking is not None and blocking.outcome.hung:
            blocking.cut(at, REPLACED)
            self._finish(blocking)

    def end(self, name: str, day: date, at: int) -> None:
        """End a run from outside: the service that it hangs in is restarted, or its execution cancelled."""
        run = self.running.get((name, day))
        if run is not None:
            category = run.outcome.category or "timeout"
            run.outcome = Outcome("failed", 0.0, category=category, hung=run.outcome.hung)
            run.cut(at, RESTARTED)
            self._finish(run)

    def ask(self, processor: Processor, day: date, at: int) -> Run:
        """A run that was asked for through /process; a hung run of the same date is killed for it."""
        self._kill_hung(processor, day, at)
        run = self.start(Attempt(processor, day, at, "backfill", asked=True))
        if run is None:
            raise RuntimeError(f"{processor.name} {day}: the run that was asked for did not start")
        return run
