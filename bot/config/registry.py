"""`registry.yaml` becomes a Registry, or one ConfigError that names every problem with file and line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.config import zones
from bot.config.documents import Document, document_of, sorted_by_line
from bot.config.yaml_lines import parse_yaml, read_text
from bot.domain.errors import ConfigError, Problem
from bot.domain.platform.checks import Declared, structural_findings
from bot.domain.platform.names import in_one_form, some_of
from bot.domain.platform.registry import DEADLINE, Kind, Registry, RegistryFile

SYNONYMS = {
    "expected_record_range": "expected_records",
    "gcs_source_pattern": "raw_path",
    "raw_path_pattern": "raw_path",
}
DEFAULT_ZONE = "America/New_York"
MOST_NAMED = 3


@dataclass(frozen=True)
class LoadedRegistry:
    """`warnings`, each with its line: keys that nothing reads, and what contradicts itself; it works all the same."""

    registry: Registry
    warnings: tuple[Problem, ...]


def load_registry(path: Path) -> LoadedRegistry:
    """Read a registry. Raises ConfigError with every problem at once: malformed, wrong values, unresolved names.

    Each look at a source asks for it: a text that is the same again is not parsed again. Names are taken in one form
    of Unicode, as those of a history are.
    """
    return _registry_of(in_one_form(read_text(path)), str(path))


@lru_cache(maxsize=2)
def _registry_of(text: str, name: str) -> LoadedRegistry:
    document = document_of(parse_yaml(text, name), RegistryFile, SYNONYMS)
    problems = [*document.problems, *_zone_problems(document), *_structural_problems(document)]
    if "processors" not in document.data:
        message = "the file lists no processors; add `processors:` with a `- name:` entry for each"
        problems.append(Problem(document.where(()), message))
    if problems or document.value is None:
        # A misspelt key is often why another one is missing: reported together, both are fixed at once.
        raise ConfigError(sorted_by_line([*problems, *document.unknown_keys]))
    registry = Registry(**dict(document.value))
    return LoadedRegistry(registry, (*document.unknown_keys, *_doubts(document, registry)))


def _doubts(document: Document[RegistryFile], registry: Registry) -> Iterator[Problem]:
    """What makes sense by itself, and not together."""
    for at, processor in enumerate(registry.processors):
        if not registry.schedules[processor.name].fires_ever:
            said = f"{processor.name}: calendar {processor.calendar!r} leaves out every day that its schedule has; "
            said += "nothing is ever due: correct one of them"
            yield Problem(document.where(("processors", at, "calendar")), said)
        table, others = processor.bigquery_table, registry.writers.get(processor.bigquery_table or "", ())
        if table is not None and len(others) > 1 and others[0] == processor.name:
            said = f"table {table!r} is written by {some_of(others, MOST_NAMED)}: its rows tell of none of them alone, "
            said += "their runs do; give each a table, or a view of its own rows, to have its rows judged"
            yield Problem(document.where(("processors", at, "bigquery_table")), said)


def _zone_problems(document: Document[RegistryFile]) -> list[Problem]:
    name = document.data.get("timezone", DEFAULT_ZONE)
    if not isinstance(name, str):
        return []
    if not zones.is_known(name):
        return [Problem(document.where(("timezone",)), f"timezone {zones.unknown(name)}")]
    return [*_foreign_clocks(document, zones.abbreviations(ZoneInfo(name)), name), *_processor_zones(document)]


def _processor_zones(document: Document[RegistryFile]) -> Iterator[Problem]:
    for at, entry in enumerate(_entries(document.data.get("processors"))):
        name = entry.get("timezone")
        if isinstance(name, str) and not zones.is_known(name):
            yield Problem(document.where(("processors", at, "timezone")), f"timezone {zones.unknown(name)}")


def _foreign_clocks(document: Document[RegistryFile], ours: frozenset[str], name: str) -> Iterator[Problem]:
    """Deadlines that are marked with a zone which is not the registry's: 19:00 CET in New York."""
    for at, entry in enumerate(_entries(document.data.get("processors"))):
        if "timezone" in entry:
            continue
        written = entry.get("sla_completion_time")
        found = DEADLINE.fullmatch(written.strip()) if isinstance(written, str) else None
        if found is not None and found[4] and found[4].upper() not in ours:
            message = f"{written!r} is marked {found[4]}, but times of this registry are of {name}; "
            message += 'write "HH:MM" of that zone, or correct timezone'
            yield Problem(document.where(("processors", at, "sla_completion_time")), message)


def _structural_problems(document: Document[RegistryFile]) -> list[Problem]:
    processors = [_declared(entry) for entry in _entries(document.data.get("processors"))]
    services = [_text(entry.get("name")) for entry in _entries(document.data.get("services"))]
    named = document.data.get("calendars")
    calendars = [name for name in named if isinstance(name, str)] if isinstance(named, dict) else []
    problems = []
    for finding in structural_findings(processors, services, calendars):
        there = f" (see {document.where(finding.elsewhere)})" if finding.elsewhere else ""
        problems.append(Problem(document.where(finding.path), finding.message + there))
    return problems


def _entries(section: object) -> list[Mapping[str, Any]]:
    """Positions are kept, so that a finding leads back to its line."""
    return [entry if isinstance(entry, dict) else {} for entry in section] if isinstance(section, list) else []


def _declared(entry: Mapping[str, Any]) -> Declared:
    phase = entry.get("phase")
    return Declared(
        name=_text(entry.get("name")),
        phase=phase if isinstance(phase, int) and not isinstance(phase, bool) else None,
        is_reference=entry.get("kind") == Kind.REFERENCE,
        dependencies=_names(entry.get("dependencies")),
        dependents=_names(entry["dependents"]) if isinstance(entry.get("dependents"), list) else None,
        fallback_for=_text(entry.get("fallback_for")),
        source=_text(entry.get("source")),
        service=_text(entry.get("service")),
        calendar=_text(entry.get("calendar")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _names(value: object) -> tuple[str | None, ...]:
    """What is no list, or no text in it, is a problem of its own already; here each name keeps its place."""
    if isinstance(value, str):
        return (value,)
    return tuple(item if isinstance(item, str) else None for item in value) if isinstance(value, list) else ()
