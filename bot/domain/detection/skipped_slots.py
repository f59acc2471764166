"""missing_run of single slots: a job that lets one pass now and then, too often for chance.

Two slots in a row without a run are told when they pass; one alone is over before it can be told.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.detection.passed_slots import date_of, slots_about
from bot.domain.detection.spikes import FEWEST_OCCASIONS, LEAST_SHARE
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.missed_slots import FEWEST_A_DAY, slots_after
from bot.domain.evidence.observation import RunSeen
from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.platform.schedule import Schedule
from bot.domain.statistics import ONE_SIDED_95, wilson_lower

MOST_A_DAY = 48
"""Of more a single one is nothing."""
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
LATEST_SLOT = timedelta(hours=6)
"""After so long a pause what is missed is missed in a row."""


@dataclass
class SkippedSlots:
    """Of one processor: its newest start, the latest end of its runs, and the slots that passed alone of late, each
    with when the next run showed it.
    """

    schedule: Schedule
    last_start: datetime | None = None
    last_end: datetime | None = None
    skipped: deque[tuple[datetime, datetime]] = field(default_factory=deque)

    @property
    def apart(self) -> timedelta | None:
        """None for a job whose slots are not looked at."""
        return self.schedule.apart if FEWEST_A_DAY <= self.schedule.most_a_day <= MOST_A_DAY else None

    def take(self, run: RunSeen, is_planned: Callable[[datetime], bool]) -> None:
        """`is_planned`: is there a window over that moment?"""
        began, before, apart = run.started_at, self.last_start, self.apart
        if before is not None and began > before and apart is not None and apart < began - before < LATEST_SLOT:
            passed = slots_after([slot for slot in slots_about(self.schedule, before, began) if slot <= began], before)
            passed = passed[:-1]  # the last is its own
            alone = len(passed) == 1 and (self.last_end is None or passed[0] > self.last_end)
            if alone and not is_planned(passed[0]):
                self.skipped.append((passed[0], began))
        self.last_start = began if before is None else max(began, before)
        if run.ended_at is not None:
            self.last_end = run.ended_at if self.last_end is None else max(run.ended_at, self.last_end)

    def detect(self, name: str, now: datetime) -> Trouble | None:
        """What it did each day of the week before is its schedule, whatever the registry says."""
        while self.skipped and self.skipped[0][0] < now - _WEEK:
            self.skipped.popleft()
        of_today = [each for each in self.skipped if each[0] >= now - _DAY]
        before = len(self.skipped) - len(of_today)
        slots = self.schedule.most_a_day
        if len(of_today) < FEWEST_OCCASIONS or before >= _WEEK // _DAY:
            return None
        if wilson_lower(len(of_today), slots, ONE_SIDED_95) <= LEAST_SHARE:
            return None
        return _trouble(name, self.schedule, of_today, slots)


def _trouble(name: str, schedule: Schedule, skipped: Sequence[tuple[datetime, datetime]], slots: int) -> Trouble:
    first, last = skipped[0][0], skipped[-1][0]
    said = (
        f"{len(skipped)} of its {slots} slots of a day passed without a run, one at a time, since {first:%d %b %H:%M}"
    )
    return Trouble(
        kind=FindingKind.MISSING_RUN,
        processors=(name,),
        root_cause=RootCause.MISSING_RUN,
        since=first,
        evident_at=skipped[FEWEST_OCCASIONS - 1][1],
        explanation=f"{name}: {said} UTC, the last at {last:%H:%M}",
        data_date=date_of(schedule, first),
        error_class="slots",
    )
