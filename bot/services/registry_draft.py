"""Writes a registry from the run history, as a proposal for the team to confirm."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import yaml

from bot.domain.platform.draft import DraftProcessor, ProcessorFacts, infer


@dataclass(frozen=True)
class DraftRegistry:
    """`text` is YAML that loads as a registry; every entry is marked `proposal: true`."""

    processors: tuple[DraftProcessor, ...]
    text: str


def draft(facts: Sequence[ProcessorFacts], timezone: str) -> DraftRegistry:
    """Infer one entry a processor, ordered by phase and name. `timezone`: the IANA zone of the facts' hours."""
    processors = tuple(sorted(map(infer, facts), key=lambda entry: (entry.phase, entry.name)))
    seen = (min(fact.first_start for fact in facts), max(fact.last_start for fact in facts)) if facts else None
    lines = [
        "# Drafted from the run history; every value is a proposal. Dependencies, criticality, sources, tables and",
        "# deadlines are not in the history: add them. A processor that you have confirmed loses its `proposal: true`.",
        *([f"# Runs from {seen[0]:%Y-%m-%d} to {seen[1]:%Y-%m-%d}."] if seen else []),
        'version: "1.0"',
        f"timezone: {_quoted(timezone)}",
        "processors:" if processors else "processors: []",
        *(line for entry in processors for line in _entry(entry)),
    ]
    return DraftRegistry(processors, "\n".join(lines) + "\n")


def _entry(entry: DraftProcessor) -> Iterable[str]:
    yield from (f"  # {doubt}" for doubt in entry.doubts)
    yield f"  - name: {_quoted(entry.name)}"
    yield f"    phase: {entry.phase}"
    yield f"    expected_frequency: {_quoted(entry.expected_frequency)}"
    if entry.slots:
        yield f"    schedule_hours_et: [{', '.join(f'{slot:g}' for slot in entry.slots)}]"
    yield f"    polling: {_truth(entry.polling)}"
    if entry.runs_on_no_game_days is not None:
        yield f"    runs_on_no_game_days: {_truth(entry.runs_on_no_game_days)}"
    if entry.records is not None:
        low, typical, high = entry.records
        yield f"    expected_records: {{min: {low}, typical: {typical}, max: {high}}}  # a run"
    if entry.timeout_seconds is not None:
        yield f"    timeout_seconds: {entry.timeout_seconds}"
    yield "    proposal: true"


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _quoted(text: str) -> str:
    """In double quotes, escaped as YAML wants it, whatever a processor is called."""
    quoted: str = yaml.safe_dump(text, default_style='"', width=math.inf)
    return quoted.rstrip("\n")
