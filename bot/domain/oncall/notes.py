"""What is told once of the schedule: a turn that began, and that a rota has nobody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.domain.oncall.on_call import on_call
from bot.domain.oncall.schedule import Person, Rota, Schedule, Shift

LATE = timedelta(hours=2)
"""A turn that began longer ago is no news."""
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Handover:
    """`person` has the turn `shift` now; `before` had it, "": nobody."""

    person: Person
    shift: Shift
    before: str

    @property
    def key(self) -> str:
        return f"handover:{self.shift.rota}:{self.shift.since}:{self.person.name}"


def handovers(schedule: Schedule, now: datetime) -> Iterator[Handover]:
    """The turns that have just begun, of people who did not have the same turn before."""
    for rota in schedule.rotas:
        shift = on_call(schedule, rota.name, now)
        if shift.person and shift.since is not None and now - shift.since <= LATE:
            before = on_call(schedule, rota.name, shift.since - INSTANT).person
            if before != shift.person:
                yield Handover(schedule.by_name[shift.person], shift, before)


def gaps_key(schedule: Schedule, rota: str) -> str:
    """The same as long as the rota stands as it does in the file: what was told of it is not told every day."""
    found: Rota | None = schedule.rota_by_name[rota]
    parts = []
    while found is not None:
        parts.append(repr((found.name, found.layers, found.fallback)))
        found = schedule.rota_by_name.get(found.follows)
    return f"gaps:{rota}:{sha256(''.join(parts).encode()).hexdigest()[:16]}"


def by_rota(gaps: Sequence[Shift]) -> dict[str, list[Shift]]:
    found: dict[str, list[Shift]] = {}
    for each in gaps:
        found.setdefault(each.rota, []).append(each)
    return found
