"""What of the registry the warehouse needs besides the rows: each processor's tables and its calendar of judgements."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.evidence.expectation import Expects, expectation, input_kind
from bot.domain.evidence.rules import judged_from
from bot.domain.evidence.runs import InputKind
from bot.domain.platform.judgement import Judgement
from bot.domain.platform.registry import ExpectedRecords, Kind, Processor, Registry
from bot.domain.platform.schedule import Schedule

Timetable = tuple[Expects, Schedule]
"""What decides when a date is judged: what is expected, and when it is due."""


@dataclass(frozen=True)
class ProcessorPlatform:
    """`file_is_output`: a scraper, whose only trace of data is the raw file it makes. `table`: None too where others
    write it as well, as its rows tell of none of them alone.
    """

    name: str
    phase: int | None
    source: str | None
    table: str | None
    expects: Expects
    input_kind: InputKind
    file_is_output: bool
    is_scraper: bool
    runs_on_no_game_days: bool
    upstream_tables: tuple[str, ...]
    schedule: Schedule
    expected_records: ExpectedRecords
    timeout_seconds: float | None
    judgement: Judgement

    @property
    def timetable(self) -> Timetable:
        return self.expects, self.schedule

    @property
    def trace(self) -> str | None:
        """What shows that it is at work beside its runs: its table, or a scraper's source."""
        return self.source if self.is_scraper else self.table


@dataclass(frozen=True)
class PlatformFacts:
    """`fingerprint` changes whenever evidence would; `document` is the whole registry as JSON, stored with the data;
    `common_tables` are written by several processors.
    """

    processors: tuple[ProcessorPlatform, ...]
    zone: ZoneInfo
    fingerprint: str
    document: str
    common_tables: frozenset[str]
    rules: Judgement

    @cached_property
    def alike(self) -> Mapping[Timetable, tuple[str, ...]]:
        """Names of the processors that are judged at the same moments."""
        found: dict[Timetable, list[str]] = defaultdict(list)
        for processor in self.processors:
            found[processor.timetable].append(processor.name)
        return {timetable: tuple(names) for timetable, names in found.items()}

    def judgement(self, timetable: Timetable, day: date) -> datetime | None:
        """When the data date is judged; None: never."""
        expects, schedule = timetable
        return judged_from(expects, day, schedule.last_chance(day), self.rules)

    def judgements(self, first: date, last: date) -> Iterator[tuple[tuple[str, ...], date, datetime | None]]:
        """(processors, data date, when it is judged) for each date from first to last; None: never."""
        days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
        return ((names, day, self.judgement(rule, day)) for rule, names in self.alike.items() for day in days)

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """Which processors look at a table or a source, for themselves or as what they are made from."""
        return readers_of(self.processors)


def readers_of(processors: Iterable[ProcessorPlatform]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for processor in processors:
        for owner in (processor.table, processor.source, *processor.upstream_tables):
            if owner is not None:
                found[owner].add(processor.name)
    return {owner: tuple(sorted(names)) for owner, names in found.items()}


def platform_facts(registry: Registry) -> PlatformFacts:
    processors = tuple(facts_of(processor, registry) for processor in registry.processors)
    text = json.dumps([registry.timezone, [str(processor) for processor in processors]])
    digest = hashlib.sha256(text.encode()).hexdigest()
    common = frozenset(table for table, names in registry.writers.items() if len(names) > 1)
    return PlatformFacts(
        processors, registry.zone, digest, registry.model_dump_json(by_alias=True), common, registry.judgement
    )


def facts_of(processor: Processor, registry: Registry) -> ProcessorPlatform:
    upstream = {registry.by_name[name].bigquery_table for name in processor.dependencies} - {None}
    traced = input_kind(processor)
    alone = len(registry.writers.get(processor.bigquery_table or "", ())) <= 1
    return ProcessorPlatform(
        name=processor.name,
        phase=processor.phase,
        source=processor.source,
        table=processor.bigquery_table if alone else None,
        expects=expectation(processor),
        input_kind=traced if upstream or traced is not InputKind.UPSTREAM else InputKind.NONE,
        file_is_output=processor.kind is Kind.SCRAPER and processor.source is not None,
        is_scraper=processor.kind is Kind.SCRAPER,
        runs_on_no_game_days=processor.runs_on_no_game_days,
        upstream_tables=tuple(sorted(table for table in upstream if table is not None)),
        schedule=registry.schedules[processor.name],
        expected_records=processor.expected_records,
        timeout_seconds=processor.timeout_seconds,
        judgement=registry.judgement,
    )
