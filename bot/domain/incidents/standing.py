"""Who has an incident, and what comes next: what a card says of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incidents.response import Response


@dataclass(frozen=True)
class Coming:
    """`people` are paged at `at` (aware UTC), unless somebody acknowledges it before."""

    at: datetime
    people: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """`coming`: the next pages, soonest first; none when nobody is to be paged."""

    response: Response
    coming: tuple[Coming, ...] = ()
