"""The context of one date: its games, its upstream, fallbacks, deadlines, accepted losses; and the proof of all."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime

from bot.domain.blindness import ALL_SEEN, Sight
from bot.domain.evidence.coverage import ExpectedRows
from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.known import no_new_data
from bot.domain.evidence.observation import Asked
from bot.domain.evidence.platform_facts import facts_of
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.rules import HEALS_WITHIN
from bot.domain.evidence.runs import InputKind
from bot.domain.evidence.unseen import unseen
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.deadline import due_at
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Processor, Registry
from bot.domain.verdicts.judge import SOUND, DateContext, Judged, Verdict, judge
from bot.domain.verdicts.validation import Validated
from bot.domain.verdicts.votes import Proof, tallies, words


class Neighbours:
    """Whom a verdict looks at: the processor, what it is made from, who can stand in; of a loss what waits for it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.lineage = Lineage(registry)
        self.stand_ins: dict[str, list[str]] = defaultdict(list)
        for processor in registry.processors:
            if processor.fallback_for is not None:
                self.stand_ins[processor.fallback_for].append(processor.name)

    def names(self, processor: Processor) -> set[str]:
        owners = (processor.name, processor.source)
        stand_ins = [name for owner in owners if owner is not None for name in self.stand_ins.get(owner, ())]
        return {processor.name, *processor.dependencies, *stand_ins}

    def waiting(self, processor: Processor, data_date: date) -> list[str]:
        """What depends on it and has a deadline for the date."""
        found = [self._registry.by_name[name] for name in self.lineage.down(processor.name)]
        return [one.name for one in found if due_at(one, data_date, self._registry) is not None]

    def asked(self, names: Iterable[str]) -> Asked:
        """What is to be observed of them."""
        processors = [self._registry.by_name[name] for name in sorted(names)]
        facts = [facts_of(processor, self._registry) for processor in processors]
        tables = {table for fact in facts for table in (fact.table, *fact.upstream_tables) if table is not None}
        sources = {fact.source for fact in facts if fact.source is not None}
        return Asked(tuple(fact.name for fact in facts), tuple(sorted(tables)), tuple(sorted(sources)))


class Surroundings:
    """What is known besides the day itself: the same for validate, live detection and replay."""

    def __init__(self, history: PipelineHistory, neighbours: Neighbours, accepted: AcceptedLosses) -> None:
        self._history, self._stand_ins, self._accepted = history, neighbours.stand_ins, accepted

    def of(self, day: ProcessorDate, stopped: str | None = None) -> DateContext:
        return DateContext(
            upstream_due=self._upstream_due(day),
            upstream_partial=self._upstream_partial(day),
            stopped=stopped,
            accepted=self._accepted.reason(day.processor.name, day.data_date),
            fallback=self._fallback(day),
        )

    def empty_upstream(self, day: ProcessorDate) -> list[ProcessorDate]:
        """Of the tables that it is made from, those that are known to be empty."""
        if day.input_kind is not InputKind.UPSTREAM:
            return []
        days = [self._history.day(name, day.data_date) for name in day.processor.dependencies]
        return [other for other in days if other.table is not None and not other.filled]

    def _upstream_partial(self, day: ProcessorDate) -> bool:
        if day.filled or day.input_kind is not InputKind.UPSTREAM:
            return False
        days = (self._history.day(name, day.data_date) for name in day.processor.dependencies)
        return any(self._history.is_partial(other) for other in days)

    def _upstream_due(self, day: ProcessorDate) -> bool:
        """By default it is: only a calendar that says no for all empty ones denies it."""
        empty = [] if day.filled else self.empty_upstream(day)
        return not empty or any(other.expected is not False for other in empty)

    def _fallback(self, day: ProcessorDate) -> str | None:
        """Who can stand in for the processor, or for its source, and has the date."""
        names = [*self._stand_ins.get(day.processor.name, ()), *self._stand_ins.get(day.processor.source or "", ())]
        return next((name for name in names if self._history.day(name, day.data_date).filled), None)


Waiting = Callable[[ProcessorDate], Iterable[ProcessorDate]]


class VerdictContext:
    """A history as of a moment, asked date by date. `waiting` gives what waits for a date and has a deadline; it is
    asked for fresh losses alone. `asked`: when it is asked, later than `as_of` only if no new data came in between.
    """

    def __init__(
        self,
        history: PipelineHistory,
        neighbours: Neighbours,
        accepted: AcceptedLosses,
        waiting: Waiting,
        as_of: datetime,
        asked: datetime,
        sight: Sight = ALL_SEEN,
    ) -> None:
        self._history = history
        self._waiting = waiting
        self._surroundings = Surroundings(history, neighbours, accepted)
        self._as_of = as_of
        self._asked, self._sight = asked, sight

    def validated(self, processor: Processor, data_date: date) -> Validated:
        """The verdict on one date, with its proof."""
        day = self._history.day(processor.name, data_date)
        expected = self._history.expected_rows(day)
        blind = unseen(self._sight, self._history.registry, processor.name, day.settled_at)
        context = replace(self._surroundings.of(day, self._stopped(day)), blind=blind)
        judged = judge(day, self._as_of, expected, context)
        return Validated(
            processor=processor,
            data_date=data_date,
            judged=judged,
            proof=self._proof(day, judged.verdict, expected),
            hint=self._hint(day, judged),
        )

    def _finals(self, data_date: date) -> int:
        games = self._history.games(data_date)
        return sum(game.final_at is not None and game.final_at <= self._as_of for game in games)

    def _stopped(self, day: ProcessorDate) -> str | None:
        """What would have been judged by now is not known."""
        stopped = self._as_of < self._asked and day.settled(self._asked) and not day.settled(self._as_of)
        return no_new_data(self._as_of) if stopped else None

    def _proof(self, day: ProcessorDate, verdict: Verdict, expected: ExpectedRows | None) -> Proof:
        seen = day.file.seen if day.file is not None else []
        sizes = [size for _, size in seen]
        return Proof(
            rows=day.rows,
            expected_rows=expected,
            file_at=day.file_at,
            file_bytes=max(sizes, default=None),
            file_empty=bool(seen) and day.file_at is None,
            games=len(self._history.games(day.data_date)) if self._history.knows_games(day.data_date) else None,
            games_final=self._finals(day.data_date),
            runs=tallies(day, self._as_of),
            slots_left=tuple(slot for slot in day.slots if slot > self._as_of),
            upstream_empty=tuple(
                sorted({str(other.processor.bigquery_table) for other in self._surroundings.empty_upstream(day)})
            ),
            windows=self._windows(day),
            words=words(day, verdict, expected),
        )

    def _windows(self, day: ProcessorDate) -> tuple[PlannedWindow, ...]:
        """Announced windows that cover a slot of the date, or a run for it."""
        moments = [*day.slots, *(run.started_at for run in day.attempts)]
        known = self._history.windows.get(day.processor.name, ())
        announced = [window for window in known if window.announced_at <= self._as_of]
        return tuple(w for w in announced if any(w.start <= moment <= w.end for moment in moments))

    def _hint(self, day: ProcessorDate, judged: Judged) -> str | None:
        """For a fresh loss: may it heal, or is there no time to wait?"""
        if judged.verdict in SOUND or judged.verdict in (Verdict.UNKNOWN, Verdict.UPSTREAM):
            return None
        if self._as_of - day.settled_at >= HEALS_WITHIN:
            return None
        blocked = self._blocked_deadline(day)
        if blocked is None:
            return "may heal by itself within 24 to 48 h"
        deadline, name = blocked
        verb = "is" if deadline > self._as_of else "was"
        return f"offered at once because it blocks a deadline: {name} {verb} due {deadline:%Y-%m-%d %H:%M} UTC"

    def _blocked_deadline(self, day: ProcessorDate) -> tuple[datetime, str] | None:
        """The next deadline that this loss keeps from being met, else the last that it has broken."""
        waiting = [day, *(other for other in self._waiting(day) if not other.filled)]
        found = [(other.deadline, other.processor.name) for other in waiting if other.deadline is not None]
        ahead = [item for item in found if item[0] > self._as_of]
        return min(ahead) if ahead else max(found, default=None)
