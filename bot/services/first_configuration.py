"""A configuration folder for a team that has none, and what is sure, guessed and missing in it."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bot.domain.counts import plural
from bot.domain.platform.draft import Confidence, DraftProcessor
from bot.domain.platform.draft_dues import PER_GAME
from bot.domain.platform.names import some_of
from bot.domain.sources import Feed
from bot.services.registry_draft import DraftRegistry

LACKING = {
    "schedule": "a run that does not come is not missed",
    PER_GAME: "when data is due is unknown, so an empty date is no loss; false says that every slot brings data",
    "expected_records": "too few records are not noticed",
    "timeout_seconds": "a run that hangs is noticed late",
    "dependencies": "what a failure reaches is unknown",
    "owner": "nobody is named",
    "phase": "health is not grouped",
}
"""What it costs when a field is not there."""
SHADOW_OFF = "  everything: false\n"
SHADOW_ON = "  everything: true  # false, when what `fireline shadow` lists is right\n"
"""A new installation sends nothing until a person has seen what it would send."""
VOCABULARY = "# How this platform's history names things"
TEXT_RULES = "# What error texts say"
MOST_NAMED = 5
OF_PREDICTIONS = (
    " Predictions are blocked when a CRITICAL processor of `prediction_phase` fails or waits for the root.",
    "  prediction_phase: 5\n",
    "  - severity: P0\n    kinds: [upstream_cascade, stuck_run]\n    blocks_predictions: true\n"
    "    because: it blocks predictions\n",
    "  zone: America/New_York\n",
    '  channel: "#data-monitoring"\n',
)
"""Of the bundled rules what only its platform has."""
OF_ITS_WORDS, OF_BASKETBALL = "#:", "# of basketball"
"""Lines that name such words in the patterns, and patterns that are nothing else."""


@dataclass(frozen=True)
class Summary:
    """In words, a line each."""

    sure: tuple[str, ...]
    guessed: tuple[str, ...]
    missing: tuple[str, ...]


def sources_text(entries: Iterable[Mapping[str, Any]]) -> str:
    lines = []
    for fields in entries:
        entry = yaml.safe_dump(dict(fields), sort_keys=False, width=math.inf, allow_unicode=True)
        lines += [("  - " if at == 0 else "    ") + line for at, line in enumerate(entry.splitlines())]
    head = ["# Where facts come from. `fireline run` reads each source every minute.", "sources:"]
    return "\n".join([*head, *lines]) + "\n"


def policy_text(bundled: str) -> str:
    """The bundled policy without what only its platform has: the usual words are known anyway."""
    before, _, rest = bundled.partition(VOCABULARY)
    for each in OF_PREDICTIONS:
        before = before.replace(each, "")
    before = before.replace(SHADOW_OFF, SHADOW_ON)
    return before + TEXT_RULES + _general(rest.partition(TEXT_RULES)[2])


def _general(rules: str) -> str:
    """Rules for error texts without the words of the bundled platform, which they name themselves."""
    head, _, patterns = rules.partition("#\n# Words of basketball")
    lines = patterns.splitlines(keepends=True)[1:]
    words = [word for line in lines if line.startswith(OF_ITS_WORDS) for word in line[3:].rstrip("\n").split(" / ")]
    kept = (line for line in lines if not line.startswith(OF_ITS_WORDS) and OF_BASKETBALL not in line)
    text = "".join(kept)
    for word in words:
        text = _without(text, word)
    return head + text


def _without(patterns: str, word: str) -> str:
    """Where it is one of several alternatives, wherever among them."""
    for before, after in (("|", "|"), ("|", "|"), ("(", "("), (":", ":"), ("'", "'")):
        patterns = patterns.replace(f"{before}{word}|", after)
    return patterns.replace(f"|{word})", ")").replace(f"|{word}'", "'")


def slos_text(drafted: DraftRegistry) -> str:
    phases = sorted({entry.phase for entry in drafted.processors if entry.phase is not None})
    lines = [
        "# Service levels as proposals: `fireline health` reports against them, and nothing is sent because of one.",
        "# Rates are fractions of the runs that had something to do.",
        "phases:" if phases else "phases: []  # no processor has a phase",
    ]
    for phase in phases:
        lines += [f"  - phase: {phase}", "    success_rate: 0.95"]
    return "\n".join(lines) + "\n"


def summary(drafted: DraftRegistry, names: Mapping[Feed, Collection[str]]) -> Summary:
    """How many processors have each field, and how sure it is. `names`: what rows of each kind name."""
    entries = drafted.processors
    sure, guessed = list(_zone(drafted, sure=True)), list(_zone(drafted, sure=False))
    for name in LACKING:
        by_confidence = Counter(found for entry in entries if (found := _confidence(entry, name)) is not None)
        high, rest = by_confidence.pop(Confidence.HIGH, 0), sum(by_confidence.values())
        if high:
            sure.append(f"{name} of {high} of {plural(len(entries), 'processor')}")
        if rest:
            reason = next(
                entry.evidence for entry in entries if _confidence(entry, name) not in (None, Confidence.HIGH)
            )
            example = next(reason[field] for field in _fields(name) if field in reason)
            guessed.append(f"{name} of {rest} of {plural(len(entries), 'processor')}: {example}, and the like")
    return Summary(tuple(sure), tuple(guessed), tuple(_missing(entries, names)))


def _zone(drafted: DraftRegistry, *, sure: bool) -> Iterator[str]:
    evidence = drafted.zone.evidence
    if sure and evidence is not None and evidence.confidence is Confidence.HIGH:
        yield f"timezone {drafted.zone.name}: {evidence.text}"
    elif not sure and evidence is None:
        yield f"timezone {drafted.zone.name}: the data does not show it"
    elif not sure and evidence is not None and evidence.confidence is not Confidence.HIGH:
        yield f"timezone {drafted.zone.name}: {evidence.text}"


def _missing(entries: Iterable[DraftProcessor], names: Mapping[Feed, Collection[str]]) -> Iterator[str]:
    given = tuple(entries)
    for name, cost in LACKING.items():
        lacking = sum(_confidence(entry, name) is None for entry in given)
        if lacking:
            yield f"{name} of {lacking} of {plural(len(given), 'processor')}: {cost}"
    yield "criticality: no failure is P0 by it; set it for what matters most"
    for field, feed in (("bigquery_table", Feed.TABLE_LOADS), ("source", Feed.RAW_FILES)):
        found = sorted(names.get(feed, ()))
        if found:
            yield f"{field}: {feed} names {some_of(found, MOST_NAMED)}: which processor has which is not known"
        else:
            yield f"{field}: no {feed} came, so whether the data itself is there is not checked"


def _fields(name: str) -> tuple[str, ...]:
    return ("schedule", "schedule_hours_et") if name == "schedule" else (name,)


def _confidence(entry: DraftProcessor, name: str) -> Confidence | None:
    """How sure a field of it is; None: it has none."""
    held = {
        "schedule": entry.slots or entry.crons,
        PER_GAME: entry.per_game is not None,
        "expected_records": entry.records,
        "timeout_seconds": entry.timeout_seconds,
        "dependencies": entry.dependencies,
        "owner": entry.owner,
        "phase": entry.phase is not None,
    }[name]
    if not held:
        return None
    found = next((entry.evidence[field] for field in _fields(name) if field in entry.evidence), None)
    return Confidence.LOW if found is None else found.confidence
