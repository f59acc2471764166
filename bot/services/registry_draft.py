"""Writes a registry from the run history, as a proposal for the team to confirm."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

import yaml

from bot.domain.platform.data_lag import lag_of
from bot.domain.platform.described import PlatformDescription
from bot.domain.platform.draft import DATA_LAG, Confidence, DraftProcessor, Evidence, ProcessorFacts, infer
from bot.domain.platform.draft_described import completed
from bot.domain.platform.draft_dues import PER_GAME
from bot.domain.platform.draft_zone import ZoneProposal, zone_of
from bot.domain.platform.registry import NAME_LENGTH, Registry
from bot.domain.platform.schedule import HOURS_A_DAY, WEEK
from bot.domain.redaction import visible

NOTHING = PlatformDescription()
LONGEST_DESCRIPTION = 200


@dataclass(frozen=True)
class DraftRegistry:
    """`text` is YAML that loads as a registry; every entry is marked `proposal: true`. `left_out`: names that it cannot
    have.
    """

    processors: tuple[DraftProcessor, ...]
    zone: ZoneProposal
    left_out: tuple[str, ...]
    text: str


def draft(facts: Sequence[ProcessorFacts], known: Registry, platform: PlatformDescription = NOTHING) -> DraftRegistry:
    """One entry a processor, ordered by phase and name. `known`: the registry that the history was loaded with;
    `platform`: what the tool that runs the jobs says of them.
    """
    ours = any(fact.name in known.by_name for fact in facts) or not facts
    zone = _zone_of(facts, known if ours else None, platform)
    seen = (min(fact.first_start for fact in facts), max(fact.last_start for fact in facts)) if facts else None
    usable = [fact for fact in facts if fact.name.strip() and len(fact.name) <= NAME_LENGTH]
    drafted = (infer(fact, ZoneInfo(zone.name), seen) for fact in usable)
    entries = completed(drafted, platform, zone.name, {fact.name: fact.days[0] for fact in facts if fact.days})
    processors = tuple(sorted(entries, key=lambda entry: (entry.phase or 0, entry.name)))
    left_out = tuple(sorted({fact.name for fact in facts} - {fact.name for fact in usable}))
    lines = [
        *_head(platform),
        *([f"# Runs from {seen[0]:%Y-%m-%d} to {seen[1]:%Y-%m-%d}."] if seen else []),
        *(f"# Left out, as a name has 1 to {NAME_LENGTH} characters: {_quoted(name)}" for name in left_out),
        'version: "1.0"',
        *_zone(zone, ours=ours),
        *_calendars(processors),
        "processors:" if processors else "processors: []",
        *(line for entry in processors for line in _entry(entry)),
    ]
    return DraftRegistry(processors, zone, left_out, "\n".join(lines) + "\n")


def _zone_of(facts: Sequence[ProcessorFacts], known: Registry | None, platform: PlatformDescription) -> ZoneProposal:
    if platform.timezone is not None:
        return ZoneProposal(platform.timezone, Evidence("the zone of most schedules", Confidence.HIGH))
    zones = {name: ZoneInfo(name) for name in available_timezones()}
    if known is None:
        return zone_of(facts, zones, None)
    confirmed = not known.processors or not all(processor.proposal for processor in known.processors)
    return zone_of(facts, zones, known.timezone, confirmed=confirmed)


def _head(platform: PlatformDescription) -> Iterable[str]:
    if platform.jobs:
        yield "# Drafted from the run history and from what the tool says of its jobs. Every value is a proposal, with"
        yield "# its evidence. Criticality, sources, tables and deadlines are in neither: add them. Confirm an entry by"
        yield "# deleting its `proposal: true`."
        return
    yield "# Drafted from the run history. Every value is a proposal, with its evidence. Dependencies, criticality,"
    yield "# sources, tables and deadlines are not in the history: add them. Confirm an entry by deleting its"
    yield "# `proposal: true`."


def _calendars(processors: Iterable[DraftProcessor]) -> Iterable[str]:
    """The days of the week that the entries name."""
    used = sorted({entry.weekdays for entry in processors if entry.slots and entry.weekdays and not _as_crons(entry)})
    if used:
        yield "calendars:"
        yield from (f"  {_calendar(days)}: {{weekdays: [{', '.join(WEEK[day] for day in days)}]}}" for days in used)


def _calendar(days: tuple[int, ...]) -> str:
    if days == (0, 1, 2, 3, 4):
        return "weekdays"
    off = [WEEK[day] for day in range(len(WEEK)) if day not in days]
    return "_".join(["not", *off] if len(off) < 3 else [WEEK[day] for day in days])


def _zone(zone: ZoneProposal, *, ours: bool) -> Iterable[str]:
    if zone.others:
        yield f"# timezone: these have the same clock: {', '.join(zone.others)}; correct it if it is another"
    if zone.evidence is not None:
        said = str(zone.evidence)
    else:
        said = "not shown by the history; " + ("as in the registry it was loaded with" if ours else "hours are in UTC")
    yield f"timezone: {_quoted(zone.name)}  # {said}"


def _entry(entry: DraftProcessor) -> Iterable[str]:
    yield from (f"  # {_line(doubt)}" for doubt in entry.doubts)
    yield f"  - name: {_quoted(entry.name)}"
    for field, value in _values(entry):
        rests_on = [entry.evidence[name] for name in _rests_on(entry, field) if name in entry.evidence]
        yield f"    {field}: {value}" + (f"  # {_line('; '.join(map(str, rests_on)))}" if rests_on else "")
    yield "    proposal: true"


def _rests_on(entry: DraftProcessor, field: str) -> Iterable[str]:
    """What the evidence of a field is called: of records, their range and when they are due; of slots, their days."""
    if field == "schedule" and not entry.crons:
        yield from ("schedule_hours_et", "calendar")
    if field != "expected_records" or entry.records is not None:
        yield field
    if field == "expected_records" and entry.per_game is not None:
        yield PER_GAME


def _values(entry: DraftProcessor) -> Iterable[tuple[str, object]]:
    """What the history shows of it."""
    if entry.phase is not None:
        yield "phase", entry.phase
    if entry.description:
        yield "description", _quoted(_line(entry.description)[:LONGEST_DESCRIPTION])
    if entry.owner:
        yield "owner", _quoted(_line(entry.owner))
    if entry.dependencies:
        yield "dependencies", f"[{', '.join(map(_quoted, entry.dependencies))}]"
    yield "expected_frequency", _quoted(entry.expected_frequency)
    yield from _slots(entry)
    if entry.polling is not None:
        yield "polling", _truth(entry.polling)
    if entry.runs_on_no_game_days is not None:
        yield "runs_on_no_game_days", _truth(entry.runs_on_no_game_days)
    if entry.records is not None or entry.per_game is not None:
        yield "expected_records", _records(entry)
    if entry.timeout_seconds is not None:
        yield "timeout_seconds", entry.timeout_seconds


def _slots(entry: DraftProcessor) -> Iterable[tuple[str, object]]:
    crons = entry.crons or _as_crons(entry)
    if crons:
        yield "schedule", f"[{', '.join(map(_quoted, crons))}]"
        if not entry.crons and lag_of(entry.slots):
            yield DATA_LAG, lag_of(entry.slots)
    elif entry.slots:
        yield "schedule_hours_et", f"[{', '.join(f'{slot:g}' for slot in entry.slots)}]"
    if entry.timezone and (entry.slots or entry.crons):
        yield "timezone", _quoted(entry.timezone)
    if entry.slots and entry.weekdays and not crons:
        yield "calendar", _calendar(entry.weekdays)
    ends = {"from": entry.first, "until": entry.last}
    span = ", ".join(f"{name}: {day}" for name, day in ends.items() if day is not None)
    if span:
        yield "active", f"{{{span}}}"


def _as_crons(entry: DraftProcessor) -> tuple[str, ...]:
    """Its slots as a team without a game calendar writes them; none where they lie on several days."""
    lag = lag_of(entry.slots)
    if entry.runs_on_no_game_days is not None or lag is None:
        return ()
    days = ",".join(WEEK[day] for day in sorted((day + lag) % len(WEEK) for day in entry.weekdays)) or "*"
    minutes = [round(60 * (slot - HOURS_A_DAY * lag)) for slot in entry.slots]
    return tuple(f"{at % 60} {at // 60} * * {days}" for at in minutes)


def _records(entry: DraftProcessor) -> str:
    said = [] if entry.per_game is None else [f"per_game: {_truth(entry.per_game)}"]
    if entry.records is not None:
        low, typical, high = entry.records
        said += [f"min: {low}", f"typical: {typical}", f"max: {high}"]
    return f"{{{', '.join(said)}}}"


def _line(text: str) -> str:
    """On one line: it stands in a comment, or in quotes."""
    return " ".join(visible(text).split())


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _quoted(text: str) -> str:
    """In double quotes, escaped as YAML wants it, whatever a processor is called."""
    quoted: str = yaml.safe_dump(text, default_style='"', width=math.inf)
    return quoted.rstrip("\n")
