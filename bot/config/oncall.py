"""`oncall.yaml` becomes a Schedule, or one ConfigError that names every problem with file and line."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config.documents import read_document, sorted_by_line
from bot.config.oncall_file import LayerEntry, OncallFile
from bot.config.oncall_names import unresolved
from bot.domain.errors import ConfigError
from bot.domain.oncall.schedule import Layer, Override, Person, Rota, Schedule
from bot.domain.platform.calendar import slot_instant
from bot.domain.platform.schedule import WEEK

LONG_AGO = date(2000, 1, 3)
"""When a layer of one person begins that names no date."""


def load_oncall(path: Path) -> Schedule:
    """Read the rotas. Raises ConfigError with every problem; unknown keys are problems here."""
    if not path.exists():
        return Schedule(ZoneInfo("UTC"))
    document = read_document(path, OncallFile)
    problems = [*document.problems, *document.unknown_keys]
    if document.value is not None:
        problems += unresolved(document, document.value)
    if problems or document.value is None:
        raise ConfigError(sorted_by_line(problems))
    return _schedule(document.value)


def _schedule(file: OncallFile) -> Schedule:
    zone = ZoneInfo(file.timezone)
    return Schedule(
        zone=zone,
        people=tuple(
            Person(
                name=each.name,
                zone=ZoneInfo(each.timezone or file.timezone),
                slack=each.slack,
                phone=each.phone,
                email=each.email,
            )
            for each in file.people
        ),
        rotas=tuple(
            Rota(
                name=each.name,
                layers=tuple(_layer(layer, zone) for layer in each.layers),
                follows=each.follows,
                fallback=each.fallback,
            )
            for each in file.rotas
        ),
        overrides=tuple(
            Override(
                rota=each.rota,
                person=each.person,
                since=slot_instant(*each.since, zone),
                until=slot_instant(*each.until, zone),
                reason=each.reason,
            )
            for each in file.overrides
        ),
    )


def _layer(entry: LayerEntry, zone: ZoneInfo) -> Layer:
    begin, end = entry.hours
    return Layer(
        people=entry.people,
        starts=entry.starts or LONG_AGO,
        zone=ZoneInfo(entry.timezone) if entry.timezone else zone,
        handover_hour=entry.handover.hour + entry.handover.minute / 60,
        every_days=entry.every_days,
        weekdays=frozenset(WEEK.index(day) for day in entry.weekdays),
        from_hour=begin,
        to_hour=end,
    )
