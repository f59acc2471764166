"""When a repair needs a second person, and when the same thing is repaired for the third time in a week."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.counts import plural
from bot.domain.reprocessing.plan import Step, StepKey
from bot.domain.reprocessing.repair import RepairStep

MOST_DATES, MOST_STEPS, MOST_DEPENDENTS = 31, 200, 10
"""So many one person starts alone."""
REPAIRED_BEFORE = 2
AGAIN_WITHIN = timedelta(days=7)
MOST_NAMED = 3


def counted(begun: Iterable[tuple[StepKey, Iterable[datetime]]], since: datetime) -> dict[StepKey, int]:
    """How often each was repaired since then."""
    return dict(Counter(key for key, moments in begun for moment in moments if moment >= since))


def repeated(running: Iterable[Step | RepairStep], repaired: Mapping[StepKey, int]) -> tuple[StepKey, ...]:
    """What would be repaired for the third time, or more, within seven days."""
    return tuple(step.key for step in running if repaired.get(step.key, 0) >= REPAIRED_BEFORE)


def why_second(
    running: Sequence[Step | RepairStep], dependents: int, again: Sequence[StepKey], unread: str = ""
) -> Iterator[str]:
    """The reasons, in words; none: whoever asks may start it. `unread`: why nobody knows what is under way."""
    if unread and running:
        yield f"whether runs are under way is not known, {unread}"
    dates = len({step.data_date for step in running})
    if dates > MOST_DATES:
        yield f"{plural(dates, 'date')} (more than {MOST_DATES})"
    if len(running) > MOST_STEPS:
        yield f"{plural(len(running), 'step')} (more than {MOST_STEPS})"
    if dependents > MOST_DEPENDENTS:
        yield f"{plural(dependents, 'dependent')} (more than {MOST_DEPENDENTS})"
    if again:
        named = ", ".join(f"{each.processor} {each.data_date}" for each in again[:MOST_NAMED])
        more = f" and {len(again) - MOST_NAMED:,} more" if len(again) > MOST_NAMED else ""
        yield f"third repair in {AGAIN_WITHIN.days} days: {named}{more}"
