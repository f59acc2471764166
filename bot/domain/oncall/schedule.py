"""Who takes turns at what: people, rotas and their layers, and what is changed for a while."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

WEEK = frozenset(range(7))
DAY_HOURS = 24.0
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
"""A mail address that every server takes: https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2 without quotes."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """`slack` is a Slack user id; `phone` in E.164 form; "" is not known. `zone` is where the person lives."""

    name: str
    zone: ZoneInfo
    slack: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """People who take turns, by the wall clock of `zone`.

    The first person's turn begins on `starts` at `handover_hour` (hours after local midnight) and lasts `every_days`;
    before `starts` the layer has nobody. It covers `weekdays` (Monday is 0), from `from_hour` to `to_hour` after local
    midnight; a `to_hour` above 24 ends on the next day.
    """

    people: tuple[str, ...]
    starts: date
    zone: ZoneInfo
    handover_hour: float = 9.0
    every_days: int = 7
    weekdays: frozenset[int] = WEEK
    from_hour: float = 0.0
    to_hour: float = DAY_HOURS

    @property
    def is_always(self) -> bool:
        return self.weekdays == WEEK and self.to_hour - self.from_hour >= DAY_HOURS


@dataclass(frozen=True, kw_only=True)
class Rota:
    """Layers are asked from the first to the last; where none has anybody, it is `fallback`'s turn ("": nobody's).

    One with `follows` has no layers: it is the turn of whoever had the turn before in that rota.
    """

    name: str
    layers: tuple[Layer, ...] = ()
    follows: str = ""
    fallback: str = ""


@dataclass(frozen=True, kw_only=True)
class Override:
    """From `since` to before `until`, aware UTC, it is `person`'s turn. `cover`: the id of a request, which takes the
    turns of `covers` alone, not those that others have in that time.
    """

    rota: str
    person: str
    since: datetime
    until: datetime
    reason: str = ""
    cover: str = ""
    covers: str = ""

    def holds(self, instant: datetime) -> bool:
        return self.since <= instant < self.until


@dataclass(frozen=True)
class Schedule:
    """`zone` is the team's. Of overrides that hold at once the last one counts."""

    zone: ZoneInfo
    people: tuple[Person, ...] = ()
    rotas: tuple[Rota, ...] = ()
    overrides: tuple[Override, ...] = field(default=())

    @cached_property
    def by_name(self) -> dict[str, Person]:
        return {person.name: person for person in self.people}

    @cached_property
    def rota_by_name(self) -> dict[str, Rota]:
        return {rota.name: rota for rota in self.rotas}

    def person_of(self, slack: str) -> Person | None:
        """Whose Slack user id it is."""
        return next((person for person in self.people if slack and person.slack == slack), None)

    def overrides_of(self, rota: str) -> Iterator[Override]:
        return (each for each in self.overrides if each.rota == rota)


class Why(StrEnum):
    """Why it is somebody's turn, in words that can be shown."""

    ROTATION = "by rotation"
    FOLLOWS = "had the turn before"
    OVERRIDE = "by an override"
    COVER = "covers, as agreed"
    FALLBACK = "is the fallback: nobody else has the turn"
    NOBODY = "nobody has the turn"


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A turn from `since` to before `until` (aware UTC; None: further away than anybody looks). `person` "": nobody's.

    `instead_of` is who would have had it without the override; `detail` its reason.
    """

    rota: str
    person: str
    why: Why
    since: datetime | None
    until: datetime | None
    instead_of: str = ""
    detail: str = ""
