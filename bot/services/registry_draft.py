"""Writes a registry from the run history, as a proposal for the team to confirm."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

import yaml

from bot.domain.platform.draft import DraftProcessor, ProcessorFacts, infer
from bot.domain.platform.draft_zone import ZoneProposal, zone_of
from bot.domain.platform.registry import NAME_LENGTH, Registry


@dataclass(frozen=True)
class DraftRegistry:
    """`text` is YAML that loads as a registry; every entry is marked `proposal: true`. `left_out`: names that it cannot
    have.
    """

    processors: tuple[DraftProcessor, ...]
    zone: ZoneProposal
    left_out: tuple[str, ...]
    text: str


def draft(facts: Sequence[ProcessorFacts], known: Registry) -> DraftRegistry:
    """One entry a processor, ordered by phase and name. `known`: the registry that the history was loaded with."""
    ours = any(fact.name in known.by_name for fact in facts) or not facts
    zone = zone_of(facts, {name: ZoneInfo(name) for name in available_timezones()}, known.timezone if ours else None)
    seen = (min(fact.first_start for fact in facts), max(fact.last_start for fact in facts)) if facts else None
    usable = [fact for fact in facts if fact.name.strip() and len(fact.name) <= NAME_LENGTH]
    drafted = (infer(fact, ZoneInfo(zone.name), seen) for fact in usable)
    processors = tuple(sorted(drafted, key=lambda entry: (entry.phase or 0, entry.name)))
    left_out = tuple(sorted({fact.name for fact in facts} - {fact.name for fact in usable}))
    lines = [
        "# Drafted from the run history. Every value is a proposal, with its evidence. Dependencies, criticality,",
        "# sources, tables and deadlines are not in the history: add them. Confirm an entry by deleting its",
        "# `proposal: true`.",
        *([f"# Runs from {seen[0]:%Y-%m-%d} to {seen[1]:%Y-%m-%d}."] if seen else []),
        *(f"# Left out, as a name has 1 to {NAME_LENGTH} characters: {_quoted(name)}" for name in left_out),
        'version: "1.0"',
        *_zone(zone, ours=ours),
        "processors:" if processors else "processors: []",
        *(line for entry in processors for line in _entry(entry)),
    ]
    return DraftRegistry(processors, zone, left_out, "\n".join(lines) + "\n")


def _zone(zone: ZoneProposal, *, ours: bool) -> Iterable[str]:
    if zone.others:
        yield f"# timezone: these have the same clock: {', '.join(zone.others)}; correct it if it is another"
    if zone.evidence is not None:
        said = str(zone.evidence)
    else:
        said = "not shown by the history; " + ("as in the registry it was loaded with" if ours else "hours are in UTC")
    yield f"timezone: {_quoted(zone.name)}  # {said}"


def _entry(entry: DraftProcessor) -> Iterable[str]:
    yield from (f"  # {doubt}" for doubt in entry.doubts)
    yield f"  - name: {_quoted(entry.name)}"
    for field, value in _values(entry):
        evidence = entry.evidence.get(field)
        yield f"    {field}: {value}" + (f"  # {evidence}" if evidence is not None else "")
    yield "    proposal: true"


def _values(entry: DraftProcessor) -> Iterable[tuple[str, object]]:
    """What the history shows of it."""
    if entry.phase is not None:
        yield "phase", entry.phase
    yield "expected_frequency", _quoted(entry.expected_frequency)
    if entry.slots:
        yield "schedule_hours_et", f"[{', '.join(f'{slot:g}' for slot in entry.slots)}]"
    if entry.polling is not None:
        yield "polling", _truth(entry.polling)
    if entry.runs_on_no_game_days is not None:
        yield "runs_on_no_game_days", _truth(entry.runs_on_no_game_days)
    if entry.records is not None:
        low, typical, high = entry.records
        yield "expected_records", f"{{min: {low}, typical: {typical}, max: {high}}}"
    if entry.timeout_seconds is not None:
        yield "timeout_seconds", entry.timeout_seconds


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _quoted(text: str) -> str:
    """In double quotes, escaped as YAML wants it, whatever a processor is called."""
    quoted: str = yaml.safe_dump(text, default_style='"', width=math.inf)
    return quoted.rstrip("\n")
