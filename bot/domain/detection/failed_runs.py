"""The failed runs behind a trouble, and what the newest of them said."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.runs import Category
from bot.domain.evidence.text_rules import same_text
from bot.domain.findings.finding import OF_ONE_DATE, FindingKind

STORMS = frozenset({FindingKind.ALERT_STORM, FindingKind.RETRY_STORM})


@dataclass(frozen=True)
class FailedRuns:
    """`since` is when the first of them started, aware UTC; None without any. `one_text`: do all say the same?"""

    count: int
    since: datetime | None
    error: str
    one_text: bool = False


def failed_runs(
    trouble: Trouble, history: PipelineHistory, real: Callable[[RunSeen, datetime], Category | None], now: datetime
) -> FailedRuns:
    """The real failures, with the error text of the newest; of a storm the text that most of them share.
    What the trouble itself has counted is not counted otherwise.

    `real` gives the category of a real failure.
    """
    if trouble.kind is FindingKind.SOURCE_BLIND:
        return FailedRuns(0, None, "")
    known = trouble.failed or (run for run in _runs(trouble, history) if real(run, now) is not None)
    failed = sorted(known, key=lambda run: (run.known_at, run.processor, run.run_id))
    if not failed:
        return FailedRuns(0, None, "")
    since = min(run.started_at for run in failed)
    if trouble.kind in STORMS:
        shared = Counter(run.error or "" for run in failed if run.error)
        return FailedRuns(len(failed), since, shared.most_common(1)[0][0] if shared else "")
    newest = next((run.error for run in reversed(failed) if run.error), "")
    said = same_text(newest)
    one_text = all(run.error == newest or same_text(run.error or "") == said for run in failed)
    return FailedRuns(len(failed), since, newest, bool(said) and one_text)


def _runs(trouble: Trouble, history: PipelineHistory) -> Iterator[RunSeen]:
    """Of its date, where it has one; a trouble that is not about one date counts from when it began."""
    for name in trouble.processors:
        if trouble.data_date is None or trouble.kind in STORMS:
            yield from (run for run in history.recent[name] if run.started_at >= trouble.since)
            continue
        day = history.days.get((name, trouble.data_date))
        attempts = day.attempts if day is not None else ()
        whole = trouble.kind in OF_ONE_DATE
        yield from (run for run in attempts if whole or run.started_at >= trouble.since)
