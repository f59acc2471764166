"""Answer what a processor feeds and what is at stake there: ask the warehouse, work out the impact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.domain.blindness import NEVER, Sight
from bot.domain.dates import DateReader
from bot.domain.evidence.feeds import on_runs_alone
from bot.domain.evidence.freshness import DateFreshness, Staleness
from bot.domain.evidence.unseen import DATA, names_of, unseen
from bot.domain.health.model import BASELINE, Durations, Window
from bot.domain.impact.deadlines import paces
from bot.domain.impact.readiness import Deadlines, Readiness
from bot.domain.impact.report import FreshnessFacts, Impact, ImpactMap, ImpactRequest, newest_date
from bot.domain.platform.registry import Registry
from bot.ports.warehouse import History, Warehouse
from bot.services.blindness import Blindness
from bot.services.health import HealthService, not_registered, with_seen
from bot.services.known_until import Known


class ImpactService:
    def __init__(
        self, warehouse: Warehouse, registry: Registry, health: HealthService, blindness: Blindness | None = None
    ) -> None:
        self._warehouse, self._blindness = warehouse, blindness or Blindness()
        self._health = health
        self._map = ImpactMap(registry)
        self._known: tuple[Sequence[DateFreshness], Sequence[Durations], FreshnessFacts] = (
            (),
            (),
            FreshnessFacts({}, paces((), registry), None),
        )

    def of(self, request: ImpactRequest, now: datetime) -> Impact:
        """The impact of a processor for a data date. Raises BadInput for an unknown processor, with the nearest names,
        and when there is no history.
        """
        registry = with_seen(self._map.registry, self._warehouse, request.processor)
        processor = registry.get(request.processor)
        drawn = self._map if registry is self._map.registry else ImpactMap(registry)
        until = self._health.known(now)
        moment = until.moment
        day = request.data_date or newest_date(registry.schedules[processor.name], moment)
        history = self._warehouse.history()
        sight = self._blindness.sight()
        known = self._seen(self._knowing(day, moment, history), sight)
        known = known if until.stopped is None else replace(known, asked=now)
        if drawn is not self._map:
            known = replace(known, pace=paces((), registry))
        impact = drawn.impact_of(processor, day, moment, known)
        if impact.past_due:
            impact = replace(impact, held=self._warehouse.emptied(day, moment))
        blind = (f"Source {each.text}: what it brings is unknown." for each in sight.blind)
        unknown = not_registered(processor, "what depends on it is unknown")
        of_date = _notes(day, impact.subject.staleness, until, history)
        return replace(impact, notes=(*unknown, *blind, *impact.notes, *of_date))

    def _seen(self, known: FreshnessFacts, sight: Sight) -> FreshnessFacts:
        """What a blind source would show is neither there nor missing."""
        if not sight.blind:
            return known
        by_name = {name: self._without(freshness, sight) for name, freshness in known.by_name.items()}
        return replace(known, by_name=by_name)

    def _without(self, freshness: DateFreshness, sight: Sight) -> DateFreshness:
        registry, name = self._map.registry, freshness.processor
        settled_at = freshness.settled_at or NEVER
        missing = freshness.filled is False and unseen(sight, registry, name, settled_at) is not None
        loads = sight.blind_to_any(names_of(name, registry, DATA))
        return replace(
            freshness,
            filled=None if missing else freshness.filled,
            loaded_at=freshness.loaded_at if loads is None else None,
        )

    def readiness(self, now: datetime, due: Deadlines) -> tuple[Readiness, ...]:
        """What those deadlines still need, by data date; none of a date on which nothing is due. What the history is
        not known up to is unknown.
        """
        history, until, sight = self._warehouse.history(), self._health.known(now), self._blindness.sight()
        found = []
        for day, moments in due.items():
            known = self._seen(self._knowing(day, until.moment, history), sight)
            if until.stopped is not None:
                known = replace(known, by_name=_untold_after(known.by_name, until.moment))
            found.append(self._map.readiness(day, moments, now, known))
        return tuple(each for each in found if each is not None)

    def dates(self, now: datetime) -> DateReader:
        """Reads data dates as of the moment that answers speak of."""
        return self._health.dates(now)

    def _knowing(self, day: date, moment: datetime, history: History) -> FreshnessFacts:
        """Put in order once: the warehouse gives the same lists until a load has touched them."""
        rows = self._warehouse.freshness(day, moment)
        durations = self._warehouse.health_durations(Window.live(moment, BASELINE.days))
        last_rows, last_durations, known = self._known
        if rows is not last_rows or durations is not last_durations or known.history_from != history.first_day:
            by_name = {freshness.processor: freshness for freshness in rows}
            known = FreshnessFacts(by_name, paces(durations, self._map.registry), history.first_day)
            self._known = (rows, durations, known)
        return known


def _untold_after(by_name: Mapping[str, DateFreshness], moment: datetime) -> dict[str, DateFreshness]:
    """What was to be judged after that moment may be there."""
    return {
        name: replace(each, filled=None) if each.filled is False and (each.settled_at or NEVER) > moment else each
        for name, each in by_name.items()
    }


def _notes(day: date, subject: Staleness, known: Known, history: History) -> Iterator[str]:
    """What a reader must know about the answer as a whole."""
    if known.stopped is not None:
        yield known.stopped
    yield from (f"{text}." for text in on_runs_alone(history.gaps, day, day, known.moment))
    if history.first_day is not None and day < history.first_day and subject is Staleness.UNKNOWN:
        yield f"Nothing is known of {day}: the run history begins {history.first_day}."
    if history.calendar_until is not None and day > history.calendar_until:
        yield f"The calendar ends {history.calendar_until}: what is due on {day} is unknown."
    yield from (f"{text}." for text in history.rejected)
