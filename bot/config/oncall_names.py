"""What `oncall.yaml` names must be there: people, rotas, and times in order."""

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.config.documents import Document
from bot.config.oncall_file import OncallFile
from bot.domain.errors import Problem, suggest
from bot.domain.platform.calendar import slot_instant

Place = tuple[Any, ...]


def unresolved(document: Document[OncallFile], file: OncallFile) -> Iterator[Problem]:
    for find in (_repeated, _unknown_people, _rotas_followed, _overrides):
        for place, message in find(file):
            yield Problem(document.where(place), message.rstrip())


def _repeated(file: OncallFile) -> Iterator[tuple[Place, str]]:
    people, rotas = [each.name for each in file.people], [each.name for each in file.rotas]
    for section, names in (("people", people), ("rotas", rotas)):
        for at in _second_places(names):
            yield (section, at, "name"), f"{names[at]} stands twice in {section}; keep one"
    for at in _second_places([name.casefold() for name in people]):
        if people[at] not in people[:at]:
            first = next(name for name in people if name.casefold() == people[at].casefold())
            yield ("people", at, "name"), f"{people[at]!r} and {first!r} are one name in a command; tell them apart"
    ids = [each.slack for each in file.people]
    for at in _second_places(ids):
        if ids[at]:
            yield ("people", at, "slack"), f"{people[at]}: {people[ids.index(ids[at])]} has this Slack id, too"


def _second_places(names: Sequence[str]) -> Iterator[int]:
    return (at for at, name in enumerate(names) if name in names[:at])


def _unknown_people(file: OncallFile) -> Iterator[tuple[Place, str]]:
    people = [each.name for each in file.people]
    for place, name in _people_named(file):
        if name not in people:
            yield place, f"{name!r} is not among the people. {suggest(name, people)}"


def _people_named(file: OncallFile) -> Iterator[tuple[Place, str]]:
    for at, rota in enumerate(file.rotas):
        if rota.fallback:
            yield ("rotas", at, "fallback"), rota.fallback
        for layer_at, layer in enumerate(rota.layers):
            for person_at, name in enumerate(layer.people):
                yield ("rotas", at, "layers", layer_at, "people", person_at), name
    for at, override in enumerate(file.overrides):
        yield ("overrides", at, "person"), override.person


def _rotas_followed(file: OncallFile) -> Iterator[tuple[Place, str]]:
    rotas = {each.name: each for each in file.rotas}
    for at, rota in enumerate(file.rotas):
        followed = rotas.get(rota.follows)
        if rota.follows and followed is None:
            hint = suggest(rota.follows, rotas)
            yield ("rotas", at, "follows"), f"{rota.name}: there is no rota {rota.follows!r} to follow. {hint}"
        elif followed is not None and not followed.layers:
            yield ("rotas", at, "follows"), f"{rota.name}: {rota.follows} has no layers; follow a rota that has"


def _overrides(file: OncallFile) -> Iterator[tuple[Place, str]]:
    rotas, zone = [each.name for each in file.rotas], ZoneInfo(file.timezone)
    for at, each in enumerate(file.overrides):
        if each.rota not in rotas:
            yield ("overrides", at, "rota"), f"there is no rota {each.rota!r}. {suggest(each.rota, rotas)}"
        if each.until <= each.since:
            yield ("overrides", at, "until"), "the override ends before it begins; correct until"
        elif (begin := slot_instant(*each.since, zone)) >= slot_instant(*each.until, zone):
            skipped = f"{file.timezone} turns its clock on to {begin.astimezone(zone):%H:%M} on {each.since[0]}"
            yield ("overrides", at, "until"), f"the override holds no time: {skipped}; correct since or until"
