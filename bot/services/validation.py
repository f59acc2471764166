"""Verdicts on processors and dates as of a moment, from the same picture and by the same judge as live and replay."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import product

from bot.domain.blindness import ALL_SEEN, Sight
from bot.domain.dates import DateReader
from bot.domain.errors import BadInput, StateUnavailable
from bot.domain.evidence.coverage import DATES
from bot.domain.evidence.expectation import asks_games
from bot.domain.evidence.feeds import feed_gaps, on_runs_alone
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.known import Seen
from bot.domain.evidence.observation import DateSpan, Observed
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.unseen import RUNS, unread
from bot.domain.findings.words import short_day
from bot.domain.health.notified import called
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.registry import Processor, Registry
from bot.domain.sources import Feed
from bot.domain.verdicts.context import Neighbours, VerdictContext, Waiting
from bot.domain.verdicts.validation import Validated, Validation, ValidationRequest, rank
from bot.ports.warehouse import Warehouse
from bot.services.blindness import Blindness
from bot.services.health import HealthService, not_registered, with_seen
from bot.services.known_until import Known
from bot.services.opened import Opened

MOST_DATES = 92
MOST_DAYS = 3
"""Dates of an incident that are named."""
NEWEST = 2
"""So many data dates by default."""
LOOK_BACK = 14
"""Days; a processor without any slot in so long has no newest date."""


@dataclass(frozen=True)
class Picture:
    """Verdicts by processor and date, and the history that they rest on, as of a moment."""

    rows: Mapping[tuple[str, date], Validated]
    history: PipelineHistory
    as_of: datetime


class ValidationService:
    def __init__(
        self,
        warehouse: Warehouse,
        registry: Registry,
        health: HealthService,
        accepted: AcceptedLosses,
        opened: Opened | None = None,
        blindness: Blindness | None = None,
    ) -> None:
        """`opened`: the incidents that were open at a moment; None where nobody notifies."""
        self._blindness = blindness or Blindness()
        self._warehouse = warehouse
        self._registry = registry
        self._health = health
        self._accepted = accepted
        self._neighbours = Neighbours(registry)
        self._opened = opened

    def of(self, request: ValidationRequest, now: datetime) -> Validation:
        """Every verdict asked for. Raises BadInput for an unknown processor, with the nearest names, for dates that
        make no sense, and when there is no history.
        """
        if request.processor is not None:
            registry = with_seen(self._registry, self._warehouse, request.processor)
            if registry is not self._registry:
                return self._over(registry).of(request, now)
        asked = self._processors(request)
        if request.as_of is not None and request.as_of > now:
            raise BadInput(f"{request.as_of:%Y-%m-%d %H:%M} UTC lies ahead. Give a moment that has passed.")
        known = self._health.known(request.as_of or now)
        as_of = known.moment
        span = self._span(request, asked, known)
        names = None if request.processor is None else self._neighbours.names(asked[0])
        of = None if names is None else self._neighbours.asked(names)
        observed = self._warehouse.observed_dates(span, span.first - timedelta(days=DATES), as_of, of)
        history = PipelineHistory.told(self._registry, observed, names, as_of)
        waiting = partial(self._waiting, None if of is not None else history, as_of)
        sight = self._blindness.sight() if request.as_of is None else ALL_SEEN
        rows = self._rows(asked, span, history, waiting, known, sight)
        blind = (f"Source {each.text}: what it brings is unknown." for each in sight.blind)
        said = not_registered(asked[0], "what is due is unknown") if request.processor is not None else ()
        said = (*said, *blind, *self._beyond(span, known))
        opened, elsewhere = self._elsewhere(asked, span, request.as_of)
        notes = (*said, *elsewhere, *self._notes(asked, observed, span, known))
        return Validation(
            request=replace(request, processor=asked[0].name if request.processor is not None else None),
            as_of=as_of,
            first=span.first,
            last=span.last,
            rows=tuple(sorted(rows, key=rank)),
            notes=notes,
            open_elsewhere=opened,
        )

    def judge(self, processor: str, data_date: date, now: datetime) -> Validated:
        """The verdict on one date."""
        (row,) = self.of(ValidationRequest(processor=processor, first=data_date, last=data_date), now).rows
        return row

    def picture(self, names: Sequence[str], span: DateSpan, now: datetime) -> Picture:
        """The verdicts on several registered processors, without hints; and the history by which they were judged."""
        known = self._health.known(now)
        asked = [self._registry.by_name[name] for name in names]
        seen = {name for processor in asked for name in self._neighbours.names(processor)}
        since, of = span.first - timedelta(days=DATES), self._neighbours.asked(seen)
        history = PipelineHistory.told(
            self._registry, self._warehouse.observed_dates(span, since, known.moment, of), seen, known.moment
        )
        rows = self._rows(asked, span, history, lambda _: (), known, self._blindness.sight())
        return Picture({(row.processor.name, row.data_date): row for row in rows}, history, known.moment)

    def unread(self, names: Iterable[str], feeds: Iterable[Feed] = RUNS) -> str:
        """Why nobody knows what is not there of these, as runs that are under way; "": their sources are read."""
        return unread(self._blindness.sight(), self._registry, names, feeds)

    def unread_each(self, names: Iterable[str], feeds: Iterable[Feed]) -> Mapping[str, str]:
        """The same for each of them by itself; the sources are looked at once."""
        sight = self._blindness.sight()
        return {name: unread(sight, self._registry, [name], feeds) for name in names}

    def dates(self, now: datetime) -> DateReader:
        """Reads data dates as of the moment that answers speak of."""
        return self._health.dates(now)

    def _processors(self, request: ValidationRequest) -> Sequence[Processor]:
        if request.processor is None:
            return self._registry.processors
        return [self._registry.get(request.processor)]

    def _over(self, registry: Registry) -> "ValidationService":
        """The same over another registry."""
        held, health = self._warehouse, self._health
        return ValidationService(held, registry, health, self._accepted, self._opened, self._blindness)

    def _span(self, request: ValidationRequest, asked: Sequence[Processor], known: Known) -> DateSpan:
        """The dates asked for, without a last one up to the newest; so many up to it; else the newest with a slot by
        then, in a recorded history those that it has. Both ends count.
        """
        first, last = request.first or request.last, request.last
        if request.newest is not None:
            last = next(self._newest(asked, known))
            first = last - timedelta(days=request.newest - 1)
        if first is None or last is None:
            found = list(self._newest(asked, known))
            first, last = first or found[-1], max(first or found[0], found[0])
        if first > last:
            raise BadInput(f"{first} comes after {last}. Write the earlier date first.")
        if (last - first).days >= MOST_DATES:
            raise BadInput(f"{first}..{last} are {(last - first).days + 1} dates; ask for at most {MOST_DATES}.")
        return DateSpan(first, last)

    def _newest(self, asked: Sequence[Processor], known: Known) -> Iterator[date]:
        """Of a history that ended on an earlier day, those before that day."""
        as_of = known.moment
        ended = as_of.date() if as_of.date() < known.asked.date() else None
        today = as_of.astimezone(self._registry.zone).date()
        schedules = {self._registry.schedules[processor.name] for processor in asked}
        days = (today - timedelta(days=back) for back in range(LOOK_BACK))
        begun = [day for day in days if any(slot <= as_of for each in schedules for slot in each.slots(day)[:1])]
        whole = [day for day in begun if ended is None or day < ended]
        return iter((whole or [today])[:NEWEST])

    def _waiting(self, history: PipelineHistory | None, as_of: datetime, day: ProcessorDate) -> Iterator[ProcessorDate]:
        """What waits for a date and has a deadline. It is looked up when it is asked for (`history` None):
        thousands may depend on one processor.
        """
        names = self._neighbours.waiting(day.processor, day.data_date)
        if history is None and names:
            date_alone = DateSpan(day.data_date, day.data_date)
            of = self._neighbours.asked(names)
            history = PipelineHistory.told(
                self._registry, self._warehouse.observed_dates(date_alone, day.data_date, as_of, of), names, as_of
            )
        return (history.day(name, day.data_date) for name in names if history is not None)

    def _rows(
        self,
        asked: Sequence[Processor],
        span: DateSpan,
        history: PipelineHistory,
        waiting: Waiting,
        known: Known,
        sight: Sight,
    ) -> Iterator[Validated]:
        moments = waiting, known.moment, known.asked
        around = VerdictContext(history, self._neighbours, self._accepted, *moments, sight)
        dates = [span.first + timedelta(days=ahead) for ahead in range((span.last - span.first).days + 1)]
        return (around.validated(processor, day) for processor, day in product(asked, dates))

    def _beyond(self, span: DateSpan, known: Known) -> Iterator[str]:
        """Which dates are known, where others are asked for."""
        first = self._warehouse.history().first_date
        last = known.moment.astimezone(self._registry.zone).date()
        if first is not None and (span.first < first or span.last > last):
            yield f"Known are the data dates {first} to {max(first, last)}."

    def _elsewhere(
        self, asked: Sequence[Processor], span: DateSpan, as_of: datetime | None
    ) -> tuple[bool, Sequence[str]]:
        """Open incidents of these processors that concern other dates, too: are there, and what is said of them; as of
        a moment those of then.
        """
        names, said = {processor.name for processor in asked}, dict[str, None]()
        try:
            opened = self._opened(as_of) if self._opened is not None else ()
        except StateUnavailable as error:
            return False, [f"Open incidents are not known: {error}"]
        for incident in sorted(opened, key=lambda each: (each.severity, each.number)):
            others = [day for day in incident.data_dates if not span.first <= day <= span.last]
            if others and not names.isdisjoint(incident.processors):
                days = ", ".join(map(short_day, others[:MOST_DAYS])) + (" and more" if len(others) > MOST_DAYS else "")
                said[f"Open also for {days}: {called(incident)}."] = None
        return bool(said), list(said)

    def _notes(self, asked: Sequence[Processor], observed: Observed, span: DateSpan, known: Known) -> Iterator[str]:
        """What a reader must know of the answer as a whole."""
        if known.stopped is not None:
            yield known.stopped
        seen = observed.seen or Seen(calendar=False)
        games = seen.calendar or not any(map(asks_games, asked))
        kinds = {"table loads": seen.tables, "raw files": seen.sources, "games": games}
        lacking = [name for name, there in kinds.items() if not there]
        if lacking:
            yield f"There are no {' and no '.join(lacking)}: what they would tell is unknown."
        yield from (f"{text}." for text in on_runs_alone(feed_gaps(seen), span.first, span.last, known.moment))
        yield from (f"{text}." for text in self._warehouse.history().rejected)
