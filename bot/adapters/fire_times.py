"""When schedules come round: APScheduler only computes it, and starts nothing. Its answers are asked for day by day: by
itself it stays behind in the hour that comes twice.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


class CronFires:
    """At a time of the clock of `zone`, on each day or those that APScheduler's words `day` and `day_of_week` name
    ("1st mon", "sun"). A time that a day does not have comes at the moment that it would have been at.
    """

    def __init__(self, at: time, zone: ZoneInfo, *, day: str = "*", day_of_week: str = "*") -> None:
        from apscheduler.triggers.cron import CronTrigger

        self._zone = zone
        self._trigger = CronTrigger(
            hour=at.hour, minute=at.minute, second=0, day=day, day_of_week=day_of_week, timezone=zone
        )

    def __call__(self, day: date) -> datetime | None:
        """Once on each of those dates, aware UTC; the first time where the clock shows it twice."""
        found = self._trigger.get_next_fire_time(None, datetime.combine(day, time(), self._zone))
        if found is None or found.date() != day:
            return None
        moment: datetime = found.astimezone(UTC)
        return moment
