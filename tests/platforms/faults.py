"""What is done to a platform: incidents on dates of their own, and look-alikes that must not alert."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from random import Random

from tests.platforms.model import DAY, HOUR, MINUTE, Fault, Job, Platform

WARM = 16
"""Days before the first fault: what is usual is known by then."""
SPIKED = frozenset({0, 4, 9, 13, 18})
SINGLE = """
stuck_run hang sparse; stuck_run hang dense; zero_records_processor zero fed; zero_records_processor mask fed
zero_records_scraper nofile fed; partial_coverage partial top; partial_coverage partial dense; missing_run absent leaf
missing_run absent sparse; repeated_failure fail leaf; upstream_cascade fail top; timeout limit leaf
validation_failed validate leaf; idempotency_block skip fed; perf_degradation slow hourly; failure_spike fail hourly
"""
LOOKALIKES = """
late_start late sparse; late_start late sparse; tracking_bug untracked sparse; flake flake sparse; flake flake hourly
"""


class Planner:
    """Gives each fault a job and a date that nothing else touches, nor what is above or below it."""

    def __init__(self, platform: Platform, first: date, last: date, chance: Random) -> None:
        self.platform, self.first, self.chance = platform, first, chance
        self.days = [first + n * DAY for n in range(WARM, (last - first).days - 3)]
        self._taken: set[tuple[str, date]] = set()

    def place(self, wanted: str, span: int = 1) -> tuple[Job, date] | None:
        """`wanted`: what kind of job; `span`: so many dates from that one on."""
        jobs = [job for job in self.platform.jobs if self._is(job, wanted)]
        self.chance.shuffle(jobs)
        for job in jobs:
            free = [day for day in self.days if self._free(job, day, span)]
            if free:
                day = self.chance.choice(free)
                self._take(self.platform.kin(job.name), day, 0, span)
                return job, day
        return None

    def quiet_day(self) -> date | None:
        """A working day on which nothing is planned of any job, nor beside it."""
        names = {job.name for job in self.platform.jobs}
        near = range(-1, 3)
        free = [
            day for day in self.days if not any((name, day + n * DAY) in self._taken for name in names for n in near)
        ]
        free = [day for day in free if all(job.works(day) for job in self.platform.jobs if job.dense)]
        day = self.chance.choice(free) if free else None
        if day is not None:
            self._take(names, day, -1, 3)
        return day

    def slots(self, job: Job, day: date) -> list[datetime]:
        return job.slots(day, self.platform.zone)

    def _is(self, job: Job, wanted: str) -> bool:
        below = bool(self.platform.below(job.name))
        return {
            "dense": job.dense,
            "hourly": job.dense and len(job.minutes) <= 24,
            "sparse": not job.dense,
            "leaf": not job.dense and not below,
            "top": not job.dense and below,
            "fed": not job.dense and job.source is not None,
        }[wanted]

    def _free(self, job: Job, day: date, span: int) -> bool:
        days = [day + n * DAY for n in range(span)]
        if days[-1] > self.days[-1] or not all(job.works(each) for each in days):
            return False
        if not any(job.works(self.first + n * DAY) for n in range((day - self.first).days)):
            return False  # one that has never run may not be in service yet
        around = [day + n * DAY for n in range(-2, span + 2)]
        return not any((name, each) in self._taken for name in self.platform.kin(job.name) for each in around)

    def _take(self, names: set[str], day: date, first: int, last: int) -> None:
        self._taken |= {(name, day + n * DAY) for name in names for n in range(first, last)}


def plan(platform: Platform, first: date, last: date, chance: Random, *, clean: bool) -> list[Fault]:
    planner = Planner(platform, first, last, chance)
    found = [] if clean else [*_of_many(planner), *_of_one(planner, SINGLE), *_of_many_slots(planner)]
    return [*found, *_of_one(planner, LOOKALIKES, silent=True)]


def _of_many(planner: Planner) -> Iterator[Fault]:
    """Troubles of all, of all that run often, of a phase."""
    jobs, chance = planner.platform.jobs, planner.chance
    dense, phase = [job for job in jobs if job.dense], [job for job in jobs if job.phase == 2]
    day = planner.quiet_day() if dense else None
    if day is not None:
        begin = planner.slots(dense[0], day)[0] + chance.uniform(1, 9) * HOUR
        end = begin + chance.uniform(7, 30) * HOUR
        yield Fault("source_blind", tuple(job.name for job in jobs), day, begin, end, "absent", end)
    day = planner.quiet_day() if len(dense) >= 7 else None
    if day is not None:
        begin = planner.slots(dense[0], day)[0] + chance.uniform(6, 12) * HOUR
        end = begin + chance.uniform(2, 4) * HOUR
        yield Fault("alert_storm", tuple(job.name for job in dense), day, begin, end, "storm", end + HOUR)
    day = planner.quiet_day() if len(phase) >= 4 else None
    if day is not None:
        slots = sorted(slot for job in phase for slot in planner.slots(job, day))
        end = slots[-1] + MINUTE
        yield Fault("phase_down", tuple(job.name for job in phase), day, slots[0], end, "fail", end + 5 * HOUR)


def _of_one(planner: Planner, kinds: str, *, silent: bool = False) -> Iterator[Fault]:
    """Troubles of one job, each on a date of its own."""
    for line in kinds.replace("\n", ";").split(";"):
        kind, way, wanted = line.split() or ("", "", "")
        found = planner.place(wanted) if kind else None
        if found is not None:
            factor = {"hang": (2, 5), "partial": (0.35, 0.65), "slow": (2.8, 4), "late": (8, 28)}.get(way, (1, 1))
            slots = planner.slots(*found)
            last = slots[0] if silent else slots[-1]
            made = _fault(planner, kind, found, slots[0], last + MINUTE, way)
            made.factor, made.silent = planner.chance.uniform(*factor), silent
            made.picked = SPIKED if kind == "failure_spike" else None
            yield made


def _of_many_slots(planner: Planner) -> Iterator[Fault]:
    """Some hours of a job that runs often; its last hours; and two troubles on neighbouring dates."""
    for kind, way in (("missing_run", "absent"), ("repeated_failure", "fail")):
        if found := planner.place("dense" if way == "absent" else "hourly"):
            begin = planner.chance.choice(planner.slots(*found)[2 : len(found[0].minutes) // 2])
            yield _fault(planner, kind, found, begin, begin + planner.chance.uniform(4, 8) * HOUR, way)
    if found := planner.place("dense"):
        last = planner.slots(*found)[-1]
        yield _fault(planner, "repeated_failure", found, last - 4.5 * HOUR, last + MINUTE, "fail")
    if found := planner.place("hourly", span=2):
        (job, day), later = found, planner.slots(found[0], found[1] + DAY)
        slots, mended = planner.slots(job, day), later[-1] + 12 * HOUR
        name = (job.name,)
        yield Fault("partial_coverage", name, day, slots[0], slots[-1] + MINUTE, "partial", mended, factor=0.5)
        begin = later[len(later) // 3]
        yield Fault("repeated_failure", name, day + DAY, begin, begin + 6 * HOUR, "fail", mended)


def _fault(planner: Planner, kind: str, found: tuple[Job, date], first: datetime, last: datetime, way: str) -> Fault:
    mended = planner.slots(*found)[-1] + planner.chance.uniform(4, 20) * HOUR
    return Fault(kind, (found[0].name,), found[1], first, last, way, mended)


def silent_days(platform: Platform, days: Sequence[date]) -> Iterator[tuple[str, tuple[str, ...], date]]:
    """(kind, jobs, date) of days on which less happens, or more, than on others."""
    names = tuple(job.name for job in platform.jobs)
    for day in days:
        if day.weekday() >= 5:
            yield "weekend", names, day
        elif any(not job.works(day) for job in platform.jobs):
            yield "no_working_day", tuple(job.name for job in platform.jobs if not job.works(day)), day
        if (day + DAY).day == 1:
            yield "month_end", names, day
