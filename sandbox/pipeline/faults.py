"""Faults that can be injected by name: what each is, whom it strikes, and when it holds."""

from dataclasses import dataclass, field
from datetime import date

from sandbox.pipeline.fleet import Fleet, Processor


class FaultError(ValueError):
    """The fault cannot be injected or healed as asked; the message says why and what can."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind. `scope`: processor, source, service, phase5, pollers or all. `manual_repairs`: a run asked for through
    /process is not struck, so it repairs the data while the fault is still there; otherwise heal the fault first.
    """

    name: str
    description: str
    scope: str
    manual_repairs: bool


CATALOG = {
    kind.name: kind
    for kind in (
        FaultKind(
            "processor_crash",
            "Every run that has data to process raises an error; retries fail too.",
            "processor",
            False,
        ),
        FaultKind(
            "scraper_down", "The source cannot be scraped: no raw file, its processors find nothing.", "source", False
        ),
        FaultKind(
            "zero_records",
            "Runs succeed with 0 records although the raw file has data; the table stays empty.",
            "processor",
            True,
        ),
        FaultKind(
            "masked_failure",
            'Runs say "no data available" although the raw file has data; the table stays empty.',
            "processor",
            True,
        ),
        FaultKind("tracking_fault", "Rows are loaded, but the history says 0 records.", "processor", True),
        FaultKind(
            "idempotency_block",
            "A success with 0 records makes the next runs, which have data, skip themselves.",
            "processor",
            True,
        ),
        FaultKind("partial_load", "Runs succeed with a small part of the rows.", "processor", True),
        FaultKind(
            "stuck_run",
            "A run stops sending heartbeats, does not end and keeps other runs of its date out.",
            "processor",
            True,
        ),
        FaultKind("timeout", "Runs live but do not finish within their limit.", "processor", False),
        FaultKind("slow", "Runs succeed but take about five times as long.", "processor", False),
        FaultKind("validation_failed", "A data quality gate refuses the data.", "processor", False),
        FaultKind("missing_run", "The scheduler does not start the processor's runs.", "processor", True),
        FaultKind(
            "upstream_cascade",
            "The processor fails, and everything that depends on it fails with it.",
            "processor",
            False,
        ),
        FaultKind(
            "phase5_down",
            "Predictions and grading hang until the hard limit; their exporters are blocked.",
            "phase5",
            False,
        ),
        FaultKind("retry_storm", "The pollers retry without back-off and run into rate limits.", "pollers", False),
        FaultKind(
            "alert_storm", "The warehouse refuses queries: runs of all processors fail with one error.", "all", False
        ),
        FaultKind(
            "deploy_regression",
            "A new revision of the processor's service breaks its processors' runs; a rollback ends it.",
            "service",
            False,
        ),
    )
}


SHOWS_AT_ONCE = frozenset(
    {
        "processor_crash",
        "upstream_cascade",
        "validation_failed",
        "zero_records",
        "masked_failure",
        "idempotency_block",
        "partial_load",
        "timeout",
        "stuck_run",
        "phase5_down",
        "deploy_regression",
    }
)
"""Faults that a date shows which is processed again; the others show when their next runs are due."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One injected fault. Instants in epoch seconds; `end` None: until healed; `day` None: every data date."""

    id: str
    name: str
    processor: str | None
    day: date | None
    start: int
    end: int | None
    targets: frozenset[str] = field(repr=False)

    @property
    def kind(self) -> FaultKind:
        return CATALOG[self.name]

    def strikes(self, name: str, day: date, at: int, manual: bool) -> bool:
        return (
            name in self.targets
            and self.start <= at
            and (self.end is None or at < self.end)
            and (self.day is None or self.day == day)
            and not (manual and self.kind.manual_repairs)
        )


class Faults:
    """All faults ever injected, in order."""

    def __init__(self) -> None:
        self.by_id: dict[str, Fault] = {}

    def striking(self, name: str, day: date, at: int, manual: bool = False) -> list[Fault]:
        return [fault for fault in self.by_id.values() if fault.strikes(name, day, at, manual)]

    def during(self, since: int, until: int, *names: str) -> list[Fault]:
        """Faults of the given names (all when none is given) that hold at some time in [since, until)."""
        return [
            fault
            for fault in self.by_id.values()
            if (not names or fault.name in names) and fault.start < until and (fault.end is None or fault.end > since)
        ]


def targets(fleet: Fleet, name: str, processor: str | None) -> frozenset[str]:
    """Whom a fault strikes. Raises FaultError for an unknown fault or processor, or a pair that makes no sense."""
    kind = CATALOG.get(name)
    if kind is None:
        raise FaultError(f"There is no fault {name!r}; known: {', '.join(CATALOG)}.")
    if kind.scope in {"phase5", "pollers", "all"}:
        chosen = frozenset(p.name for p in fleet if _in_scope(p, kind.scope))
        if not chosen:
            raise FaultError(f"{name}: the registry has no processor for it ({kind.scope}).")
        return chosen
    if processor is None or processor not in fleet.by_name:
        raise FaultError(f"{name}: name one registered processor, not {processor!r}.")
    return _of_processor(fleet, kind, fleet.by_name[processor])


def _in_scope(processor: Processor, scope: str) -> bool:
    return {"phase5": processor.phase == 5, "pollers": processor.polling, "all": True}[scope]


def _of_processor(fleet: Fleet, kind: FaultKind, processor: Processor) -> frozenset[str]:
    if kind.scope == "source":
        if processor.source is None:
            raise FaultError(f"{kind.name}: {processor.name} has no source; name a scraper or a processor with one.")
        return frozenset(p.name for p in fleet.by_source[processor.source])
    if kind.scope == "service":
        same = (p for p in fleet if p.phase == processor.phase and p.service == processor.service)
        return frozenset(p.name for p in same)
    if kind.name == "upstream_cascade" and not fleet.dependents[processor.name]:
        raise FaultError(f"upstream_cascade: nothing depends on {processor.name}; use processor_crash.")
    return frozenset({processor.name})
