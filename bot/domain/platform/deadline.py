"""A processor's own deadline for a data date."""

from datetime import date, datetime

from bot.domain.platform.calendar import slot_instant
from bot.domain.platform.registry import Processor, Registry

_DAY_MINUTES = 24 * 60


def due_at(processor: Processor, data_date: date, registry: Registry) -> datetime | None:
    """The instant of its deadline for a data date; None without a deadline, or without slots to place it by."""
    schedule = registry.schedules[processor.name]
    hours = schedule.hours_on(data_date)
    if processor.sla_completion_time is None or not hours:
        return None
    clock = processor.sla_completion_time.hour * 60 + processor.sla_completion_time.minute
    last_slot = round(hours[-1] * 60)
    days_later = max(0, -((clock - last_slot) // _DAY_MINUTES))
    return slot_instant(data_date, (clock + days_later * _DAY_MINUTES) / 60, schedule.zone)
