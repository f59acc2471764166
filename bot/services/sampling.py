"""A large backlog of suspicious runs: check a sample of dates, and say how many were no loss."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime
from random import Random
from typing import TypeVar

from bot.domain.counts import plural
from bot.domain.errors import BadInput
from bot.domain.evidence.expectation import Evidence
from bot.domain.health.model import HealthRequest
from bot.domain.platform.registry import Kind, Processor, Registry, UnregisteredProcessor
from bot.domain.verdicts.cross_check import cross_check
from bot.domain.verdicts.judge import Verdict
from bot.domain.verdicts.sampling import Checked, Drawn, Plan, Sample, Suspicious, draw, estimate
from bot.ports.warehouse import Warehouse
from bot.services.health import HealthService, not_registered, with_seen

Key = TypeVar("Key", bound=Hashable)
UNTOLD = frozenset({Verdict.NOT_YET, Verdict.UNKNOWN})


class SamplingService:
    def __init__(self, warehouse: Warehouse, registry: Registry, health: HealthService, plan: Plan) -> None:
        self._warehouse = warehouse
        self._registry = registry
        self._health = health
        self._plan = plan

    def of(self, seed: int, now: datetime, processor: str | None = None) -> Sample:
        """Draw with that seed and check."""
        as_of = self._health.moment(HealthRequest(), now)
        wanted = self._wanted(processor) if processor is not None else None
        known = [Suspicious(*row) for row in self._warehouse.zero_record_runs(as_of.date())]
        if isinstance(wanted, UnregisteredProcessor):
            raise _cannot_check(wanted, [cell for cell in known if cell.processor == wanted.name])
        names = self._registry.by_name if wanted is None else {wanted.name}
        cells = [cell for cell in known if cell.processor in names]
        if not cells:
            nothing = Drawn(seed=seed, processors=(), recent=(), older=(), older_known=0, older_runs=0)
            return Sample(as_of=as_of, drawn=nothing, suspicious=0, counts={}, by_processor={}, rate=None)
        drawn = draw(cells, seed, Random(seed).sample, self._plan)
        verdicts = list(self._verdicts(cells, drawn, as_of))
        counts: Counter[Verdict] = Counter()
        for cell, verdict in verdicts:
            counts[verdict] += cell.runs
        by_date = _checked((cell.data_date, cell.runs, verdict) for cell, verdict in verdicts)
        recent = [by_date[day] for day in drawn.recent if day in by_date]
        older = [by_date.get(day, Checked(0, 0)) for day in drawn.older]
        return Sample(
            as_of=as_of,
            drawn=drawn,
            suspicious=sum(cell.runs for cell in cells),
            counts=counts,
            by_processor=_checked((cell.processor, cell.runs, verdict) for cell, verdict in verdicts),
            rate=estimate(recent, older, drawn),
        )

    def _wanted(self, name: str) -> Processor:
        return with_seen(self._registry, self._warehouse, name).get(name)

    def _verdicts(
        self, cells: Sequence[Suspicious], drawn: Drawn, as_of: datetime
    ) -> Iterator[tuple[Suspicious, Verdict]]:
        dates = {*drawn.recent, *drawn.older}
        for name in drawn.processors:
            mine = [cell for cell in cells if cell.processor == name and cell.data_date in dates]
            evidence = self._evidence(name, [cell.data_date for cell in mine], as_of)
            scraper = self._registry.by_name[name].kind is Kind.SCRAPER
            for cell in mine:
                known = evidence.get(cell.data_date)
                verdict = cross_check(known, is_scraper=scraper) if known is not None else Verdict.UNKNOWN
                yield cell, verdict

    def _evidence(self, name: str, dates: Sequence[date], as_of: datetime) -> dict[date, Evidence]:
        if not dates:
            return {}
        return {item.data_date: item for item in self._warehouse.evidence(name, min(dates), max(dates), as_of)}


def _cannot_check(processor: Processor, cells: Sequence[Suspicious]) -> BadInput:
    runs = sum(cell.runs for cell in cells)
    were = f"{plural(runs, 'run')} succeeded"
    (said,) = not_registered(processor, f"{were} with 0 records, and whether data was due is unknown")
    return BadInput(said)


def _checked(found: Iterable[tuple[Key, int, Verdict]]) -> dict[Key, Checked]:
    """Runs that could be judged, and those whose data is there, by key."""
    runs: dict[Key, int] = defaultdict(int)
    there: dict[Key, int] = defaultdict(int)
    for key, count, verdict in found:
        if verdict not in UNTOLD:
            runs[key] += count
            there[key] += count if verdict is Verdict.TRACKING_BUG else 0
    return {key: Checked(count, there[key]) for key, count in runs.items()}
