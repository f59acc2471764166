"""repeated_failure over several data dates: a job that fails once a date, date after date, and never works between."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from bot.domain.detection.streaks import CAUSES, IN_A_ROW
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.attempts import OFF_SCHEDULE, scheduled
from bot.domain.evidence.observation import Event, RunSeen
from bot.domain.evidence.runs import Category, Status
from bot.domain.findings.finding import FindingKind

MOST = 100
"""Failures stored of one processor: the first and the newest are named, those between are counted."""
EXPIRES = timedelta(days=28)
"""A processor that has not run for so long since its last failure is retired, not failing."""


class ConsecutiveFailures:
    """The failed runs of each processor since the last that succeeded, polls and backfills left out. `in_a_row`: whose
    are enough to be looked at.
    """

    def __init__(self) -> None:
        self._failed: dict[str, deque[RunSeen]] = defaultdict(lambda: deque(maxlen=MOST))
        self._worked_at: dict[str, datetime] = {}
        self.in_a_row: set[str] = set()

    def take(self, events: Iterable[Event]) -> None:
        for run in events:
            if isinstance(run, RunSeen) and run.trigger not in OFF_SCHEDULE:
                self._take(run)

    def _take(self, run: RunSeen) -> None:
        name = run.processor
        if run.status is Status.SUCCESS:
            worked_at = self._worked_at[name] = max(run.started_at, self._worked_at.get(name, run.started_at))
            later = [failed for failed in self._failed.pop(name, ()) if failed.started_at > worked_at]
            self._failed[name].extend(later)
        elif run.status is Status.FAILED and run.started_at > self._worked_at.get(name, run.known_at - EXPIRES):
            self._failed[name].append(run)
        if len(self._failed[name]) >= IN_A_ROW:
            self.in_a_row.add(name)
        else:
            self.in_a_row.discard(name)

    def detect(
        self,
        name: str,
        real: Callable[[RunSeen], Category | None],
        ignored: Callable[[RunSeen], bool],
        now: datetime,
    ) -> Trouble | None:
        """`real` gives the category of a failure of its own, `ignored` excludes runs that another trouble explains."""
        runs = [run for run in _scheduled(self._failed.get(name, ())) if not ignored(run)]
        failed = [(run, category) for run in runs if (category := real(run)) is not None]
        dates = {run.data_date for run, _ in failed}
        if len(failed) < IN_A_ROW or len(dates) < 2 or now - failed[-1][0].known_at > EXPIRES:
            return None
        (first, _), (deciding, _), (newest, _) = failed[0], failed[IN_A_ROW - 1], failed[-1]
        category = Counter(category for _, category in failed).most_common(1)[0][0]
        return Trouble(
            kind=FindingKind.REPEATED_FAILURE,
            processors=(name,),
            root_cause=CAUSES[category],
            since=first.started_at,
            evident_at=deciding.known_at,
            explanation=(
                f"{name} failed {len(failed)} times in a row since {first.started_at:%d %b %H:%M} UTC, "
                f"for {len(dates)} data dates up to {max(dates)}, mostly with {category.value}"
            ),
            data_date=newest.data_date,
            error_class=category.value,
            failed=tuple(run for run, _ in failed),
        )


def _scheduled(failed: Iterable[RunSeen]) -> list[RunSeen]:
    """Those of the schedule, date by date, oldest first: what retries a poll is none."""
    by_date: dict[date, list[RunSeen]] = defaultdict(list)
    for run in failed:
        by_date[run.data_date].append(run)
    found = (run for runs in by_date.values() for run in scheduled(runs))
    return sorted(found, key=lambda run: run.started_at)
