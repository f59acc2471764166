"""Moments of a cursor as instants, in whatever form they are written and by whose clock."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.adapters.sources.sql_positions import ZONES
from bot.domain.platform.calendar import local_instant, turned_back
from bot.domain.sources import ZONE_UNSAID

if TYPE_CHECKING:
    from sqlalchemy import Connection

INSTANT = "fireline_instant"
"""A function of SQLite, where moments are texts: microseconds since 1970; NULL for what is no moment."""
UNSAID = ZoneInfo(ZONE_UNSAID)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant(value: Any, zone: ZoneInfo) -> datetime | None:
    """`zone`: of a moment without an offset. None for what is no moment."""
    if value is None:
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        if moment.tzinfo is not None:
            return moment
        return moment.replace(tzinfo=UTC) if zone is UNSAID else local_instant(moment, zone)
    except (ValueError, OverflowError):
        return None


def understood(connection: "Connection", zone: ZoneInfo) -> None:
    """Teach a connection to SQLite the function INSTANT."""
    driver: Any = connection.connection.driver_connection

    def micros(value: Any) -> int | None:
        moment = instant(value, zone)
        return None if moment is None else _micros(moment)

    driver.create_function(INSTANT, 1, micros, deterministic=True)


def newer(column: str, since: datetime, zone: ZoneInfo) -> tuple[str, dict[str, Any]]:
    """SQL for SQLite, of moments in any form from `since` on, and what is bound in it. Each form begins with its date:
    a text that sorts before that of the day before is older, which an index tells.
    """
    moment = instant(since, zone) or _BEGINNING
    given = {"since_day": (moment - ZONES).date().isoformat(), "since_instant": _micros(moment)}
    condition = f"coalesce({INSTANT}({column}) >= :since_instant, TRUE)"
    return f"{column} >= :since_day AND {condition} OR {column} IS NULL", given


def earlier(moment: datetime, lateness: timedelta, zone: ZoneInfo) -> datetime:
    """Where a read begins whose rows may come so late. In the night in which clocks go back an hour comes twice, and a
    moment without an offset does not say which it is of.
    """
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment - lateness - turned_back(aware, zone)


def _micros(moment: datetime) -> int:
    return (moment - _BEGINNING) // _MICROSECOND
