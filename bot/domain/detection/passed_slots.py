"""missing_run between slots: a job with many slots a day lets one pass, though its date may have rows of others."""

from datetime import date, datetime, timedelta

from bot.domain.detection.silence import RETIRED_AFTER
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.missed_slots import FEWEST_A_DAY, first_missed
from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.platform.calendar import slot_instant
from bot.domain.platform.schedule import Schedule

LONGEST_LEAD = timedelta(days=3)
"""A slot lies at most so long after midnight of its data date."""
_DAY = timedelta(days=1)


def detect(
    name: str, schedule: Schedule, last_start: datetime, now: datetime, ends_at: datetime | None = None
) -> Trouble | None:
    """A slot without a run is missing 45 minutes after it, or at the next slot if that is later.

    `last_start`: of any run of the processor. `ends_at`: where a recorded history ends.
    """
    known = missed(schedule, last_start, now)
    if known is None or now - last_start <= schedule.missing_after:
        return None
    slot, evident_at = known
    if now < evident_at or (ends_at is not None and evident_at > ends_at):
        return None
    return Trouble(
        kind=FindingKind.MISSING_RUN,
        processors=(name,),
        root_cause=RootCause.MISSING_RUN,
        since=slot,
        evident_at=evident_at,
        explanation=f"{name}: no run has started since {last_start:%d %b %H:%M} UTC; {_counted(schedule, slot, now)}",
        data_date=date_of(schedule, slot),
        error_class="slots",
    )


def missed(schedule: Schedule, last_start: datetime, now: datetime) -> tuple[datetime, datetime] | None:
    """The first slot without a run, and when it is missed; None where there is none within a day."""
    if now - last_start >= RETIRED_AFTER or schedule.most_a_day < FEWEST_A_DAY:
        return None
    return first_missed(slots_about(schedule, last_start, now + _DAY), last_start, schedule.missing_after)


def look_again(schedule: Schedule, last_start: datetime, now: datetime) -> datetime | None:
    """When a slot may be missed of which nothing is told `now`; None: not before it runs again."""
    if now - last_start >= RETIRED_AFTER or schedule.most_a_day < FEWEST_A_DAY:
        return None
    known = missed(schedule, last_start, now)
    tomorrow = (now + _DAY).astimezone(schedule.zone).date()
    others = slot_instant(tomorrow + _DAY, 0, schedule.zone) - _DAY
    return others if known is None else min(known[1], others)


def slots_about(schedule: Schedule, since: datetime, until: datetime) -> list[datetime]:
    """The slots of the data dates about a span, in order."""
    day = since.astimezone(schedule.zone).date() - LONGEST_LEAD
    found = set[datetime]()
    while day <= until.astimezone(schedule.zone).date():
        found.update(schedule.slots(day))
        day += _DAY
    return sorted(found)


def date_of(schedule: Schedule, slot: datetime) -> date:
    """The data date of a slot."""
    day = slot.astimezone(schedule.zone).date()
    return next(
        (day - ago * _DAY for ago in range(LONGEST_LEAD.days + 1) if slot in schedule.slots(day - ago * _DAY)), day
    )


def next_date(schedule: Schedule, moment: datetime) -> date | None:
    """The data date of the first slot after a moment; None where there is none within a day."""
    after = (slot for slot in slots_about(schedule, moment, moment + _DAY) if moment < slot <= moment + _DAY)
    slot = next(after, None)
    return None if slot is None else date_of(schedule, slot)


def _counted(schedule: Schedule, missed: datetime, now: datetime) -> str:
    count = sum(1 for slot in slots_about(schedule, missed, now) if missed <= slot <= now - schedule.missing_after)
    slots = "a slot has" if count <= 1 else f"{count} slots have"
    return f"{slots} passed since {missed:%H:%M}"
