"""A team that takes turns: Ana from 5 January 2026, then Ben, then Chris, each for a week; Dana manages."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.domain.oncall.schedule import Layer, Person, Rota, Schedule

NEW_YORK = ZoneInfo("America/New_York")
WEEKLY = Layer(people=("Ana", "Ben", "Chris"), starts=date(2026, 1, 5), zone=NEW_YORK)
PEOPLE = {"Ana": "U01ALEX", "Ben": "U02SAM", "Chris": "U03JORDAN", "Dana": "U04PRIYA"}
"""With the ids of the local workspace's users."""
PLAN = Schedule(
    zone=NEW_YORK,
    people=tuple(Person(name=name, zone=NEW_YORK, slack=slack) for name, slack in PEOPLE.items()),
    rotas=(
        Rota(name="primary", layers=(WEEKLY,), fallback="Dana"),
        Rota(name="secondary", follows="primary", fallback="Dana"),
        Rota(name="manager", layers=(Layer(people=("Dana",), starts=date(2000, 1, 3), zone=NEW_YORK),)),
    ),
)


def eastern(*parts: int) -> datetime:
    """A moment by New York's clock, in UTC."""
    return datetime(*parts, tzinfo=NEW_YORK).astimezone(UTC)  # type: ignore[arg-type,misc]
