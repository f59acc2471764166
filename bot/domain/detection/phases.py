"""phase_down: a phase in which nearly nothing that is due for a date works, each processor for a reason of its own."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.history import PipelineHistory
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.runs import Status
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.words import short_day
from bot.domain.platform.lineage import Lineage

FEWEST = 3
"""Fewer are processors that fail, however grave they are, and no phase."""
FEWEST_SURE, TRIED = 2, 2
"""Of them at least so many are reported by themselves; the others have been tried so often, and not worked."""
NEARLY_ALL, STILL = 0.9, 0.5
"""The share of what is due that makes a phase down, and below which it is down no more."""
BEGUN = 0.5
"""Of what is due for the date in all: before so much of it has had a slot, little is known of the phase."""
OF_ITS_OWN = frozenset(
    {
        FindingKind.UPSTREAM_CASCADE,
        FindingKind.STUCK_RUN,
        FindingKind.TIMEOUT,
        FindingKind.REPEATED_FAILURE,
        FindingKind.VALIDATION_FAILED,
        FindingKind.ZERO_RECORDS_PROCESSOR,
        FindingKind.ZERO_RECORDS_SCRAPER,
        FindingKind.MISSING_RUN,
    }
)
"""Kinds that say that a processor did not work for a date, or did not try."""
Key = tuple[int, date]


class Member(NamedTuple):
    """A processor with a slot and data due for the date; and what upstream it waits for."""

    day: ProcessorDate
    waits_for: frozenset[str]

    @property
    def name(self) -> str:
        return self.day.processor.name


class Phases:
    """Remembers which are down: such a phase is down until much of it works again."""

    def __init__(self, history: PipelineHistory, lineage: Lineage) -> None:
        self._history, self._lineage = history, lineage
        self._down: set[Key] = set()

    def detect(self, troubles: Iterable[Trouble], now: datetime) -> list[Trouble]:
        """From what is wrong with single processors."""
        down = [(key, each, names) for key, each in self._failing(troubles) if (names := self._down_in(key, each, now))]
        self._down = {key for key, _, _ in down}
        return [_trouble(*key, list(each.values()), names) for key, each, names in down]

    def _failing(self, troubles: Iterable[Trouble]) -> Iterator[tuple[Key, Mapping[str, Trouble]]]:
        """By phase and date, each processor that fails by itself."""
        found = defaultdict[Key, dict[str, Trouble]](dict)
        for trouble in troubles:
            phase = self._history.registry.by_name[trouble.processors[0]].phase
            if trouble.kind in OF_ITS_OWN and trouble.data_date is not None and phase is not None:
                found[phase, trouble.data_date].setdefault(trouble.processors[0], trouble)
        return ((key, each) for key, each in found.items() if len(each) >= FEWEST_SURE)

    def _down_in(self, key: Key, failing: Mapping[str, Trouble], now: datetime) -> Collection[str]:
        """Whose failures make the phase down; none where it is not. What waits for one that fails does not work either;
        what waits for another phase says nothing of this one.
        """
        members = list(self._members(*key))
        begun = [each for each in members if each.day.slots[0] <= now]
        counted = [each for each in begun if each.name in failing or not _waits_elsewhere(each, failing)]
        fail = {*failing, *(each.name for each in counted if _only_fails(each.day))}
        bad = sum(each.name in fail or bool(each.waits_for) for each in counted)
        least = STILL if key in self._down else NEARLY_ALL
        is_down = len(fail) >= FEWEST and bad >= least * len(counted) and len(begun) >= BEGUN * len(members)
        return fail if is_down else ()

    def _members(self, phase: int, data_date: date) -> Iterator[Member]:
        for processor in self._history.registry.processors:
            if processor.phase == phase:
                day = self._history.day(processor.name, data_date)
                if day.slots and day.expected and day.unrecorded is None:
                    yield Member(day, frozenset() if day.filled else frozenset(self._empty_upstream(day)))

    def _empty_upstream(self, day: ProcessorDate) -> Iterator[str]:
        days = (self._history.day(name, day.data_date) for name in self._lineage.up(day.processor.name))
        return (other.processor.name for other in days if other.expected and other.filled is False)


def _only_fails(day: ProcessorDate) -> bool:
    """Has it been tried, and tried again, and not worked?"""
    return not day.filled and len(day.runs) >= TRIED and all(run.status is Status.FAILED for run in day.runs)


def _waits_elsewhere(member: Member, failing: Mapping[str, Trouble]) -> bool:
    return bool(member.waits_for) and member.waits_for.isdisjoint(failing)


def _trouble(phase: int, day: date, found: Sequence[Trouble], names: Collection[str]) -> Trouble:
    name = f"phase {phase}"
    return Trouble(
        kind=FindingKind.PHASE_DOWN,
        processors=tuple(sorted(names)),
        root_cause=Counter(each.root_cause for each in found).most_common(1)[0][0],
        since=min(each.since for each in found),
        evident_at=max(each.evident_at for each in found),
        explanation=f"{name}: {len(names)} processors fail for {short_day(day)}, and nearly nothing that is due works",
        data_date=day,
        error_class=name,
        blocks=True,
    )
