"""Plans of repairs, from what every other answer goes by: the same verdicts, medians, calendars and runs."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.dates import DateReader
from bot.domain.errors import BadInput
from bot.domain.evidence.observation import DateSpan, RunSeen
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.health.model import Window
from bot.domain.platform.deadline import due_at
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.names import some_of
from bot.domain.platform.registry import Kind, Registry
from bot.domain.platform.source_links import linked_by_source
from bot.domain.reprocessing.plan import STANDARD, Limits, Plan, Request, StepKey
from bot.domain.reprocessing.planning import Circumstances, StepFacts, plan
from bot.domain.reprocessing.second import AGAIN_WITHIN
from bot.domain.verdicts.validation import Validated
from bot.ports.repairs import Repairs
from bot.ports.warehouse import Warehouse
from bot.services.validation import Picture, ValidationService

MOST_DATES = 366
MOST_STEPS = 20_000
MOST_NAMED = 5
DEADLINE_DAYS = 5
"""A deadline lies within four days of its data date: the last slot within three, and then the next HH:MM."""
USUAL_DAYS = 30
"""Over so many days the medians of runs are taken."""
ID_BYTES = 16
Revisions = Callable[[Iterable[str]], Mapping[str, str]]
"""The revision that each of these services runs now; those alone of which it is known."""


def not_known(_: Iterable[str]) -> dict[str, str]:
    """Where nobody can ask for revisions."""
    return {}


class BadDates(BadInput):
    """The dates that were given make no sense."""


class RepairPlans:
    """`repairs`: what is repaired already; None: this process keeps none."""

    def __init__(
        self,
        warehouse: Warehouse,
        registry: Registry,
        validation: ValidationService,
        repairs: Repairs | None,
        revisions: Revisions = not_known,
        limits: Limits = STANDARD,
    ) -> None:
        self._warehouse, self._validation, self._repairs = warehouse, validation, repairs
        self.registry = linked_by_source(registry)
        self._lineage, self._revisions, self._limits = Lineage(self.registry), revisions, limits

    def of(self, request: Request, now: datetime) -> Plan:
        """Raises BadInput for what cannot be planned: unknown names, dates that make no sense, no service."""
        request = replace(
            request, processors=tuple(dict.fromkeys(self.registry.get(n).name for n in request.processors))
        )
        self._check_dates(request, self._validation.dates(now))
        scope = self._scope(request)
        if len(scope) * request.dates > MOST_STEPS:
            raise BadInput(f"{len(scope) * request.dates:,} steps are too many for one plan; {MOST_STEPS:,} at most.")
        picture = self._validation.picture(scope, self._span(request, now), now)
        ours = self._repairs.in_flight() if self._repairs is not None else {}
        around = self._around(request, scope, picture, now, ours)
        facts = dict(self._facts(picture, ours))
        made = plan(secrets.token_urlsafe(ID_BYTES), request, scope, facts, around, now)
        self._check_services(made)
        return made

    def dates(self, now: datetime) -> DateReader:
        return self._validation.dates(now)

    def _check_dates(self, request: Request, dates: DateReader) -> None:
        first, last, today = request.first, request.last, dates.today
        if first > last:
            raise BadDates(f"{first} comes after {last}. Write the earlier date first.")
        if first > today:
            raise BadDates(f"{first} lies ahead: today is {today}. There is nothing to reprocess yet.")
        if request.dates > MOST_DATES:
            raise BadDates(f"{first}..{last} are {request.dates:,} dates; reprocess at most {MOST_DATES} at once.")
        known = self._warehouse.history().first_date
        if known is not None and first < known:
            instead = f"{known}..{last}" if last > known else f"{known} or a later date"
            raise BadDates(f"{first} is before the data: it begins with {known}. Write {instead}.")

    def _scope(self, request: Request) -> Sequence[str]:
        """The processors asked for, and their dependents where those are asked for."""
        if not request.processors:
            raise BadInput(f"Which processor? Write its name, as {self.registry.example}.")
        below = (name for each in request.processors for name in self._lineage.down(each)) if request.downstream else ()
        return tuple(dict.fromkeys([*request.processors, *below]))

    def _span(self, request: Request, now: datetime) -> DateSpan:
        today = self._validation.dates(now).today
        return DateSpan(request.first, max(request.first, min(request.last, today)))

    def _at_work(
        self, scope: Sequence[str], picture: Picture, ours: Mapping[StepKey, str]
    ) -> Iterator[tuple[StepKey, str]]:
        """Who is at what these are made from. A scraper goes on all day: what it has brought is a file by itself."""
        known, asked = self.registry.by_name, set(scope)
        made_from = dict.fromkeys(each for name in scope for each in known[name].dependencies if each not in asked)
        days = {day for _, day in picture.rows}
        for key in (StepKey(name, day) for name in made_from if known[name].kind is not Kind.SCRAPER for day in days):
            if said := _in_flight(ours.get(key), picture.history.day(*key).alive(picture.as_of)):
                yield key, said

    def _facts(self, picture: Picture, ours: Mapping[StepKey, str]) -> Iterator[tuple[StepKey, StepFacts]]:
        for (name, day), row in picture.rows.items():
            key, known = StepKey(name, day), picture.history.day(name, day)
            yield key, _facts(row, known, ours.get(key), picture.as_of)

    def _around(
        self, request: Request, scope: Sequence[str], picture: Picture, now: datetime, ours: Mapping[StepKey, str]
    ) -> Circumstances:
        repairs, as_of = self._repairs, picture.as_of
        services = dict.fromkeys(service for name in scope if (service := self.registry.by_name[name].service))
        circuits = repairs.circuits() if repairs is not None else ()
        return Circumstances(
            registry=self.registry,
            today=as_of.astimezone(self.registry.zone).date(),
            seconds=self.medians(as_of),
            open_circuits={each.processor: f"opened by {each.opened_by}: {each.because}" for each in circuits},
            revisions=self._revisions(services),
            repaired=repairs.repaired(now - AGAIN_WITHIN) if repairs is not None else {},
            limits=self._limits,
            due=dict(self._due(scope, request, now)),
            at_work=dict(self._at_work(scope, picture, ours)),
            unread=self._validation.unread(scope) or _stands_still(as_of, now),
        )

    def _due(self, scope: Iterable[str], request: Request, now: datetime) -> Iterator[tuple[StepKey, datetime]]:
        """Deadlines that lie ahead, of the scope and of what depends on it: those of the newest dates alone can."""
        below = (name for each in request.processors for name in self._lineage.down(each))
        days = [request.last - timedelta(days=back) for back in range(min(request.dates, DEADLINE_DAYS))]
        for name in dict.fromkeys([*scope, *below]):
            processor = self.registry.by_name[name]
            for day in days if processor.sla_completion_time is not None else ():
                at = due_at(processor, day, self.registry)
                if at is not None and at > now:
                    yield StepKey(name, day), at

    def medians(self, as_of: datetime) -> dict[str, float]:
        """How long a run of each processor usually takes, from the roll-up."""
        known = self._warehouse.health_durations(Window.live(as_of, USUAL_DAYS))
        return {each.processor: each.p50 for each in known if each.processor is not None}

    def _check_services(self, made: Plan) -> None:
        """Nobody can start what has no service, or one of which the registry does not say how it is asked."""
        lacking = [name for name in made.processors if self.registry.by_name[name].service is None]
        unasked = {name: why for name in made.processors if (why := self._cannot_start(name))}
        asked = set(made.request.processors)
        also = "" if asked.intersection([*lacking, *unasked]) else " Or leave the dependents out."
        if lacking:
            raise BadInput(f"{self._without_service(lacking)}{also}")
        if unasked:
            why = "; ".join(list(dict.fromkeys(unasked.values()))[:MOST_NAMED])
            raise BadInput(f"Nobody can start {some_of(tuple(unasked), MOST_NAMED)}: {why}. Add what is missing.{also}")

    def _cannot_start(self, name: str) -> str:
        service = self.registry.service_by_name.get(self.registry.by_name[name].service or "")
        return service.cannot_start if service is not None else ""

    def _without_service(self, lacking: Sequence[str]) -> str:
        verb, them, each = ("has", "it", "it") if len(lacking) == 1 else ("have", "them", "each")
        known = ", ".join(service.name for service in self.registry.services[:MOST_NAMED])
        which = f"one of {known}" if known else "one that you add under `services:`"
        return (
            f"{some_of(lacking, MOST_NAMED)} {verb} no service: nobody can start {them}. "
            f"Write `service: NAME` for {each} in registry.yaml, NAME {which}."
        )


def _facts(row: Validated, day: ProcessorDate, repair: str | None, as_of: datetime) -> StepFacts:
    in_flight = _in_flight(repair, day.alive(as_of))
    return StepFacts(judged=row.judged, filled=day.filled, rows=row.proof.rows, in_flight=in_flight)


def _stands_still(as_of: datetime, now: datetime) -> str:
    """Answers speak of an earlier moment only where nothing new has come since, as where files were loaded once."""
    return f"nothing new has come since {as_of:%Y-%m-%d %H:%M} UTC" if as_of < now else ""


def _in_flight(repair: str | None, runs: Sequence[RunSeen]) -> str:
    """Who started it does not matter: two at once spoil each other's data. "": nobody is at it."""
    if repair is not None:
        return f"{repair} is at it"
    if not runs:
        return ""
    newest = max(runs, key=lambda run: run.started_at)
    by = f" ({newest.trigger})" if newest.trigger else ""
    return f"run {newest.run_id} is under way since {newest.started_at:%H:%M} UTC{by}"
