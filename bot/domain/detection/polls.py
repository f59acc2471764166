"""repeated_failure of a poller: each poll fails for a reason of its own, and nobody knows whether there is data."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.detection.streaks import CAUSES
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.runs import Category
from bot.domain.findings.finding import FindingKind

FEWEST = 6
LASTING = timedelta(hours=1)
"""A source that is away for less comes back by itself: the next polls ask it again."""


def detect(name: str, failed: Sequence[tuple[RunSeen, Category]]) -> Trouble | None:
    """`failed`: the real failures among its polls since the last that answered, oldest first."""
    if len(failed) < FEWEST:
        return None
    first, category = failed[0]
    deciding = next((run for run, _ in failed[FEWEST - 1 :] if run.started_at - first.started_at >= LASTING), None)
    if deciding is None:
        return None
    said = f"{len(failed)} polls in a row failed since {first.started_at:%H:%M} UTC ({category.value})"
    return Trouble(
        kind=FindingKind.REPEATED_FAILURE,
        processors=(name,),
        root_cause=CAUSES[category],
        since=first.started_at,
        evident_at=deciding.known_at,
        explanation=f"{name}: {said}",
        data_date=first.data_date,
        error_class=category.value,
        failed=tuple(run for run, _ in failed),
    )
