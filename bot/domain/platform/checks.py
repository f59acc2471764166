"""Whether the processors of a registry fit together: names, references, phases, cycles. Broken entries do no harm."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from bot.domain.errors import suggest

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Declared:
    """What one entry says of others, as far as it can be read. None: not said, or not readable."""

    name: str | None
    phase: int | None = None
    is_reference: bool = False
    dependencies: tuple[str | None, ...] = ()
    dependents: tuple[str | None, ...] | None = None
    fallback_for: str | None = None
    source: str | None = None
    service: str | None = None
    calendar: str | None = None


@dataclass(frozen=True)
class RegistryProblem:
    """One fault; `path` leads to it in the registry, `elsewhere` to the other place it is about."""

    path: Path
    message: str
    elsewhere: Path | None = None


def structural_findings(
    processors: Sequence[Declared], services: Sequence[str | None], calendars: Collection[str] = ()
) -> list[RegistryProblem]:
    """Every structural fault, in no particular order; empty when the registry is sound."""
    positions: dict[str, int] = {}
    for position, processor in enumerate(processors):
        if processor.name is not None:
            positions.setdefault(processor.name, position)
    return [
        *_repeated([processor.name for processor in processors], "processors"),
        *_repeated(services, "services"),
        *_unknown_calendars(processors, calendars),
        *_unknown_references(processors, positions, [name for name in services if name]),
        *_repeated_dependencies(processors),
        *_later_phases(processors, positions),
        *_cycles(processors, positions),
        *_disagreeing_dependents(processors, positions),
    ]


def _subject(processor: Declared, field: str) -> str:
    return f"{processor.name}: {field}" if processor.name else field


def _repeated(names: Sequence[str | None], section: str) -> Iterator[RegistryProblem]:
    first: dict[str, int] = {}
    for position, name in enumerate(names):
        if name is None:
            continue
        if name in first:
            message = f"the name {name!r} is given twice in {section}; rename or remove one"
            yield RegistryProblem((section, position, "name"), message, (section, first[name], "name"))
        first.setdefault(name, position)


def _unknown_references(
    processors: Sequence[Declared], positions: Mapping[str, int], services: Sequence[str]
) -> Iterator[RegistryProblem]:
    replaceable = {*positions, *(processor.source for processor in processors if processor.source)}
    for index, processor in enumerate(processors):
        for field, names in (("dependencies", processor.dependencies), ("dependents", processor.dependents or ())):
            for item, name in enumerate(names):
                if name is not None and name not in positions:
                    path = ("processors", index, field, item)
                    yield RegistryProblem(path, _unknown(_subject(processor, field), "processor", name, positions))
        wanted, subject = processor.fallback_for, _subject(processor, "fallback_for")
        if wanted is not None and wanted not in replaceable:
            message = _unknown(subject, "source or processor", wanted, replaceable)
            yield RegistryProblem(("processors", index, "fallback_for"), message)
        if wanted is not None and wanted in (processor.name, processor.source):
            message = f"{subject} names itself ({wanted!r}); name the source it stands in for"
            yield RegistryProblem(("processors", index, "fallback_for"), message)
        if processor.service is not None and processor.service not in services:
            message = _unknown(_subject(processor, "service"), "service", processor.service, services)
            yield RegistryProblem(("processors", index, "service"), message)


def _unknown_calendars(processors: Sequence[Declared], calendars: Collection[str]) -> Iterator[RegistryProblem]:
    for index, processor in enumerate(processors):
        if processor.calendar is not None and processor.calendar not in calendars:
            message = _unknown(_subject(processor, "calendar"), "calendar", processor.calendar, calendars)
            yield RegistryProblem(("processors", index, "calendar"), message)


def _unknown(subject: str, what: str, name: str, known: Iterable[str]) -> str:
    names = set(known)
    remedy = suggest(name, names) or f"Correct the name, or add the {what} to this file."
    return f"{subject} names {name!r}, but there is no such {what}. {remedy}"


def _repeated_dependencies(processors: Sequence[Declared]) -> Iterator[RegistryProblem]:
    for index, processor in enumerate(processors):
        for item, name in enumerate(processor.dependencies):
            if name is not None and name in processor.dependencies[:item]:
                message = f"{_subject(processor, 'dependencies')} lists {name!r} twice; remove one"
                yield RegistryProblem(("processors", index, "dependencies", item), message)


def _later_phases(processors: Sequence[Declared], positions: Mapping[str, int]) -> Iterator[RegistryProblem]:
    for index, processor in enumerate(processors):
        if processor.is_reference or processor.phase is None:
            continue
        for item, name in enumerate(processor.dependencies):
            upstream = processors[positions[name]].phase if name is not None and name in positions else None
            if upstream is not None and upstream > processor.phase:
                message = (
                    f"{_subject(processor, 'dependencies')}: a processor of phase {processor.phase} cannot depend on "
                    f"{name} of the later phase {upstream}; correct one of the phases, or set `kind: reference`"
                )
                yield RegistryProblem(("processors", index, "dependencies", item), message)


def _cycles(processors: Sequence[Declared], positions: Mapping[str, int]) -> Iterator[RegistryProblem]:
    """One finding a cycle; its edges are then taken out, so that every other cycle is found too."""
    graph = {
        name: dict.fromkeys(upstream for upstream in processors[index].dependencies if upstream is not None)
        for name, index in positions.items()
    }
    while (cycle := _first_cycle(graph)) is not None:
        start = min(range(len(cycle)), key=lambda at: positions[cycle[at]])
        ring = [*cycle[start:], *cycle[:start], cycle[start]]
        item = processors[positions[ring[0]]].dependencies.index(ring[1])
        message = f"the dependencies form a cycle: {' -> '.join(ring)}; remove one of them"
        yield RegistryProblem(("processors", positions[ring[0]], "dependencies", item), message)
        for name, upstream in pairwise(ring):
            del graph[name][upstream]


def _first_cycle(graph: Mapping[str, Iterable[str]]) -> list[str] | None:
    """Names in order of dependence (each depends on the next), without repeating the first."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        downstream: list[str] = error.args[1]
        return downstream[:0:-1]
    return None


def _disagreeing_dependents(processors: Sequence[Declared], positions: Mapping[str, int]) -> Iterator[RegistryProblem]:
    derived: dict[str, set[str]] = {name: set() for name in positions}
    for processor in processors:
        for upstream in processor.dependencies:
            if processor.name is not None and upstream is not None and upstream in derived:
                derived[upstream].add(processor.name)
    for index, processor in enumerate(processors):
        if processor.dependents is None or processor.name is None:
            continue
        subject, listed = _subject(processor, "dependents"), set(processor.dependents)
        for item, name in enumerate(processor.dependents):
            if name is not None and name in positions and name not in derived[processor.name]:
                message = (
                    f"{subject} lists {name!r}, which does not list {processor.name} in its dependencies; "
                    "add it there, or remove it here"
                )
                yield RegistryProblem(
                    ("processors", index, "dependents", item), message, ("processors", positions[name])
                )
        for name in sorted(derived[processor.name] - listed):
            message = (
                f"{subject} lacks {name!r}, which depends on it; add it, or leave dependents out (they are derived)"
            )
            yield RegistryProblem(
                ("processors", index, "dependents"), message, ("processors", positions[name], "dependencies")
            )
