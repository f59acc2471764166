"""What the jobs of a platform do, slot by slot, and what the faults make of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random

from tests.platforms.model import DAY, MINUTE, Fault, Job, Load, Platform, RawFile, Run

FLAKE = 0.003
"""Of all runs: those fail once, for no reason that lasts, and work when they are tried again."""
SAID = {
    "limit": ("exit code 124", None),
    "hang": ("terminated by signal 9", None),
    "mask": ("no rows in the response", "no_data_available"),
    "nofile": ("nothing delivered yet", "no_data_available"),
    "validate": ("check not_null failed: 14 rows", "validation_failed"),
    "storm": ("FATAL: too many connections", "processing_error"),
}
OTHERWISE = ("Traceback: ValueError in step 3", "processing_error")
FAILING = {"fail", "flake", *SAID} - {"hang"}


class History:
    """Fills `runs`, `loads` and `files`, and in the faults what became of them. `lacks`: dates that have only a share
    of their rows for a while, and why; `whole_at`: when each had all of them.
    """

    def __init__(self, platform: Platform, faults: Iterable[Fault], chance: Random) -> None:
        self.platform, self.faults, self.chance = platform, list(faults), chance
        self.runs: list[Run] = []
        self.loads: list[Load] = []
        self.files: list[RawFile] = []
        self.first_load: dict[tuple[str, date], datetime] = {}
        self.whole_at: dict[tuple[str, date], datetime] = {}
        self.lacks: dict[tuple[str, date], tuple[float, Fault]] = {}

    def live(self, day: date) -> None:
        for job in self.platform.jobs:
            slots = job.slots(day, self.platform.zone)
            if slots:
                _Date(self, job, day, slots).live()

    def fault(self, job: str, slot: datetime) -> Fault | None:
        for fault in self.faults:
            if fault.on(job, slot):
                fault.met += 1
                if fault.picked is None or fault.met - 1 in fault.picked:
                    return fault
        return None


class _Date:
    """One job's work for one date."""

    def __init__(self, history: History, job: Job, day: date, slots: list[datetime]) -> None:
        self.history, self.job, self.day, self.slots, self.chance = history, job, day, slots, history.chance
        month_end = 1.4 if (day + DAY).day == 1 else 1.0
        self.rows = max(12, round(job.rows * job.swing[day.weekday()] * month_end * self.chance.gauss(1, 0.02)))
        self.gap = (slots[1] - slots[0]).total_seconds() if len(slots) > 1 else 86_400.0
        self.share, self.at = 0.0, slots[0]
        self.cause: Fault | None = None

    def live(self) -> None:
        free_at = self.slots[0]
        away = any(fault.way == "nofile" and fault.on(self.job.name, self.slots[0]) for fault in self.history.faults)
        if not away:
            self._file(self.slots[0] - 8 * MINUTE)
        for slot in self.slots:
            if slot >= free_at:
                free_at = self._slot(slot)
        lost = (self.share, self.cause) if self.cause is not None and self.share < 0.999 else None
        if lost is not None:
            self._repair(lost[1], away)
            self.history.lacks[self.job.name, self.day] = lost
        self.history.whole_at[self.job.name, self.day] = self.at

    def _file(self, at: datetime) -> None:
        if self.job.source is not None:
            self.history.files.append(RawFile(self.job.source, self.day, 40 * self.rows + 500, at))

    def _slot(self, slot: datetime) -> datetime:
        """What its run does; returns when the next may begin."""
        fault = self.history.fault(self.job.name, slot)
        way, factor = (fault.way, fault.factor) if fault is not None else ("", 1.0)
        begin = slot + timedelta(seconds=self.chance.uniform(2, min(40.0, self.gap / 30)))
        begin += factor * MINUTE if way == "late" else timedelta()
        if way == "absent":
            self.cause = fault
        elif self.share and not self.job.dense:
            self._record(begin, 2, "skipped", text=f"already done for {self.day}")
        elif missing := self._missing(begin):
            lacking = self.history.lacks.get((missing, self.day))
            self._wait_for(lacking[1] if lacking else None)
            self._record(begin, 3, "failed", text=f"table of {missing} is not there", category="upstream_failure")
        elif fault is None or way in ("late", "slow", "untracked", "partial", "zero"):
            self._work(begin, fault, way, factor)
        elif way in FAILING:
            return self._fail(begin, fault)
        else:
            self.cause = fault
            if way == "skip":
                fault.rows.append(self._record(begin, 2, "skipped", text=f"already done for {self.day}"))
                return slot
            run = self._record(begin, factor * 3600, "failed", *SAID["hang"])
            run.beat = begin + self.chance.uniform(2, 6) * MINUTE
            fault.rows.append(run)
            return run.ended + MINUTE
        return slot

    def _missing(self, at: datetime) -> str | None:
        """A table that it is made from and that has no rows yet."""
        keys = [(name, self.day) for name in self.job.depends if (name, self.day) in self.history.whole_at]
        return next((key[0] for key in keys if self.history.first_load.get(key, at + DAY) > at), None)

    def _wait_for(self, fault: Fault | None) -> None:
        if fault is not None:
            self.cause = fault
            fault.blocked.add(self.job.name)

    def _work(self, begin: datetime, fault: Fault | None, way: str, factor: float) -> None:
        seconds = self.job.seconds * self.chance.lognormvariate(0, 0.15) * (factor if way == "slow" else 1)
        attempt = 1
        if fault is None and self.chance.random() < FLAKE:
            begin = self._record(begin, min(seconds, self.gap / 4), "failed", *OTHERWISE).ended + timedelta(
                seconds=min(300.0, self.gap / 4)
            )
            seconds, attempt = min(seconds, self.gap / 3), 2
        run = self._record(begin, seconds, "success", records=0, attempt=attempt)
        part = factor if way == "partial" else 1.0
        if fault is not None:
            fault.rows.append(run)
        if way in ("partial", "zero"):
            self.cause = fault
        if way != "zero":
            self._bring(run, part, told=way != "untracked")

    def _bring(self, run: Run, part: float, *, told: bool) -> None:
        for name in self.job.depends:
            share, fault = self.history.lacks.get((name, self.day), (1.0, None))
            if fault is not None and not self.job.dense and self.history.whole_at[name, self.day] > run.started:
                part *= share
                self._wait_for(fault)
        new = part / len(self.slots) if self.job.dense else part
        self.share, self.at = self.share + new, run.ended
        run.records = round(self.rows * new) if told else 0
        self._load(max(1, round(self.rows * min(1.0, self.share))), run.ended)

    def _load(self, rows: int, at: datetime) -> None:
        self.history.loads.append(Load(f"t.{self.job.name}", self.day, rows, at))
        self.history.first_load.setdefault((self.job.name, self.day), at)

    def _fail(self, begin: datetime, fault: Fault) -> datetime:
        tries = 3 if not self.job.dense else 2 if self.gap >= 3000 else 1
        if fault.way in ("mask", "nofile"):  # who found nothing is not tried again
            tries = 1
        for attempt in range(1, tries + 1):
            seconds = self.job.limit + 1.0 if fault.way == "limit" else min(self.job.seconds / 3, self.gap / 4)
            run = self._record(begin, seconds, "failed", *SAID.get(fault.way, OTHERWISE), attempt=attempt)
            fault.rows.append(run)
            begin = run.ended + 8 * MINUTE
            if fault.way == "flake":
                again = self._record(begin, self.job.seconds, "success", attempt=2)
                self._bring(again, 1.0, told=True)
                return again.ended
        self.cause = fault
        return run.ended

    def _repair(self, fault: Fault, away: bool) -> None:
        upstream = [self.history.whole_at.get((name, self.day), self.at) for name in self.job.depends]
        begin = max(fault.mended, self.at, *upstream) + self.chance.uniform(3, 9) * MINUTE
        if away:
            self._file(begin - 2 * MINUTE)
        run = self._record(begin, self.job.seconds, "success", records=self.rows, attempt=2)
        self._load(self.rows, run.ended)
        self.at = run.ended
        fault.ended = max(run.ended, fault.ended or run.ended)

    def _record(
        self,
        begin: datetime,
        seconds: float,
        status: str,
        text: str | None = None,
        category: str | None = None,
        records: int | None = None,
        attempt: int = 1,
    ) -> Run:
        ended = begin + timedelta(seconds=max(1.0, seconds))
        known = ended + timedelta(seconds=self.chance.uniform(1, 20))
        run = Run(self.job, self.day, begin, ended, status, records, category, text, attempt, ended, known)
        self.history.runs.append(run)
        return run
