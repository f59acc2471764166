"""What was said most often, what could be changed about it, and what that change would have spared in 30 days.

A change follows from the kind, and its preview from what was said: a longer grace spares what was over by itself within
it, a silence what the preview of silences names. Where nobody can tell what would have been, nothing is claimed.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.gate.silences import Silence, preview
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.notice import NOTIFYING
from bot.domain.platform.registry import Processor
from bot.domain.reports.objectives import Counts
from bot.domain.reports.replay import Message, messages_of

MOST = 5
PREVIEWED = timedelta(days=30)
GRACES = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))
WORTH = 0.5
"""A change that spares a smaller share of the messages is not proposed, nor one that hides more of what was real."""
FEWEST_DATES = 10
NEAR_LIMIT = 0.8
K = FindingKind
ABSENCE = frozenset({K.MISSING_RUN, K.SLA_MISS, K.STALE_TABLE})
LATE_DATA = ABSENCE | {K.ZERO_RECORDS_PROCESSOR, K.ZERO_RECORDS_SCRAPER, K.PARTIAL_COVERAGE}
SLOW = frozenset({K.TIMEOUT, K.STUCK_RUN, K.PERF_DEGRADATION})
FAULTS = frozenset({K.REPEATED_FAILURE, K.FAILURE_SPIKE, K.VALIDATION_FAILED, K.RETRY_STORM})


class Change(StrEnum):
    GRACE = "raise its grace"
    SPORADIC = "mark it sporadic"
    TIMEOUT = "raise its timeout"
    SILENCE = "silence it until it is mended"
    NONE = "change nothing"


@dataclass(frozen=True)
class Proposal:
    """`by`: so much longer a grace. `spared`: so many of the `messages` of 30 days people would not have had; None:
    nobody can tell. `real`: the incidents among those that people took as real; `p0`: so many of those were P0. `why`:
    the figures that it goes by.
    """

    change: Change
    messages: int
    spared: int | None = None
    by: timedelta | None = None
    real: tuple[str, ...] = ()
    p0: int = 0
    why: str = ""


@dataclass(frozen=True)
class Noisy:
    """`told`: messages and updates of the week about one processor and kind."""

    root: str
    kind: FindingKind
    told: int
    proposal: Proposal


@dataclass(frozen=True)
class Known:
    """What a proposal goes by, besides what was said. `real`: label by id of the incidents that people took as real;
    `dates`: of 30 days, by processor; `slowest`: p99 of its succeeded runs, in seconds.
    """

    processors: Mapping[str, Processor]
    phases: Mapping[str, int | None]
    real: Mapping[str, str]
    dates: Mapping[str, Counts]
    slowest: Callable[[str], float | None]


def noisiest(decisions: Sequence[Decision], week_since: datetime, now: datetime, known: Known) -> tuple[Noisy, ...]:
    """`decisions` of 30 days, in order of time. What a person declared is no noise."""
    said = [each for each in decisions if each.outcome in NOTIFYING and not each.finding.declared]
    counted = Counter((each.finding.root, each.finding.kind) for each in said if each.at >= week_since)
    messages = messages_of(decisions)
    ranked = sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    return tuple(
        Noisy(root, kind, told, _proposed(root, kind, decisions, messages, now, known)) for (root, kind), told in ranked
    )


def _proposed(
    root: str,
    kind: FindingKind,
    decisions: Sequence[Decision],
    messages: Iterable[Message],
    now: datetime,
    known: Known,
) -> Proposal:
    mine = [each for each in messages if (each.first.finding.root, each.first.finding.kind) == (root, kind)]
    processor = known.processors.get(root)
    if processor is None:
        return Proposal(Change.NONE, len(mine), why="it is of no one processor")
    if kind in LATE_DATA:
        return _kept(_of_late_data(processor, kind, mine, known))
    if kind in SLOW:
        return _of_slow(processor, mine, known)
    if kind in FAULTS:
        return _kept(_of_faults(processor, mine, decisions, now, known))
    return Proposal(Change.NONE, len(mine), why="a change of its rules would hide what is real")


def _kept(found: Proposal) -> Proposal:
    """Unless people took most of what it would hide as real."""
    if found.spared and len(found.real) > WORTH * found.spared:
        why = f"people took {len(found.real)} of {found.spared} that it would hide as real"
        return Proposal(Change.NONE, found.messages, why=why)
    return found


def _of_late_data(processor: Processor, kind: FindingKind, mine: Sequence[Message], known: Known) -> Proposal:
    for grace in GRACES:
        over = [each for each in mine if _over_within(each, grace)]
        if mine and len(over) >= WORTH * len(mine):
            return _sparing(Change.GRACE, mine, over, known, by=grace)
    dates = known.dates.get(processor.name, Counts())
    if kind in ABSENCE and not processor.sporadic and dates.known >= FEWEST_DATES and (dates.rate or 0.0) < WORTH:
        why = f"{dates.good:,} of {dates.known:,} dates have data"
        return _sparing(Change.SPORADIC, mine, mine, known, why=why)
    return Proposal(Change.NONE, len(mine), why="most of it did not end by itself within 2 h")


def _over_within(message: Message, grace: timedelta) -> bool:
    """Did it end by itself, before a grace longer by so much would have been over?"""
    ended = message.spans[-1][1]
    alone = message.ended is Reason.RESOLVED and len(message.spans) == 1
    return alone and ended is not None and ended - message.first.at <= grace


def _of_slow(processor: Processor, mine: Sequence[Message], known: Known) -> Proposal:
    limit, slowest = processor.timeout_seconds, known.slowest(processor.name)
    if limit is None or slowest is None:
        return Proposal(Change.NONE, len(mine), why="its limit or its usual duration is not known")
    why = f"p99 of its runs is {slowest:,.0f} s, its limit {limit:,.0f} s"
    if slowest < NEAR_LIMIT * limit:
        return Proposal(Change.NONE, len(mine), why=f"{why}: a longer one would not help")
    return Proposal(Change.TIMEOUT, len(mine), why=why)


def _of_faults(
    processor: Processor, mine: Sequence[Message], decisions: Iterable[Decision], now: datetime, known: Known
) -> Proposal:
    silence = Silence(id="", processor=processor.name, since=now, until=now + PREVIEWED, reason="", by="")
    hidden = preview(silence, decisions, known.phases, now, PREVIEWED).hidden
    names = {each.incident for each in hidden if each.outcome is Outcome.ANNOUNCE}
    p0 = {each.incident for each in hidden if each.severity is Severity.P0}
    real = tuple(label for name, label in known.real.items() if name in names)
    return Proposal(Change.SILENCE, max(len(mine), len(names)), len(names), real=real, p0=len(p0))


def _sparing(
    change: Change,
    mine: Collection[Message],
    spared: Collection[Message],
    known: Known,
    *,
    by: timedelta | None = None,
    why: str = "",
) -> Proposal:
    real = tuple(label for each in spared if (label := known.real.get(each.incident)) is not None)
    p0 = sum(each.severity is Severity.P0 for each in spared)
    return Proposal(change, len(mine), len(spared), by=by, real=real, p0=p0, why=why)
