"""Verdicts on many dates at once: what was asked, each verdict with its proof, the worst first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from bot.domain.platform.registry import Criticality, Processor
from bot.domain.verdicts.judge import SOUND, Action, Judged, Verdict
from bot.domain.verdicts.votes import Proof


@dataclass(frozen=True, kw_only=True)
class ValidationRequest:
    """`processor` None: all. `first` and `last` None: the `newest` so many data dates, two unless given. `as_of` None:
    now.
    """

    processor: str | None = None
    first: date | None = None
    last: date | None = None
    as_of: datetime | None = None
    newest: int | None = None


@dataclass(frozen=True, kw_only=True)
class Validated:
    """The verdict on one date. `hint`: what to know before a fresh loss is repaired."""

    processor: Processor
    data_date: date
    judged: Judged
    proof: Proof
    hint: str | None = None

    @property
    def verdict(self) -> Verdict:
        return self.judged.verdict

    @property
    def action(self) -> Action:
        return self.judged.action


WORST_FIRST = (
    Verdict.IDEMPOTENCY_BLOCK,
    Verdict.SCRAPER_FAILED,
    Verdict.PROCESSOR_FAILED,
    Verdict.MASKED_FAILURE,
    Verdict.MISSING_RUN,
    Verdict.CONFLICT,
    Verdict.PARTIAL,
    Verdict.UPSTREAM,
    Verdict.UNKNOWN,
    Verdict.TRACKING_BUG,
    Verdict.DATA_GONE,
    Verdict.NOT_YET,
    Verdict.LEGITIMATE_ZERO,
    Verdict.OFF_DAY,
    Verdict.OK,
)
CRITICAL_FIRST = (*Criticality, None)


@dataclass(frozen=True, kw_only=True)
class Validation:
    """Every verdict, the worst first; `notes` are what a reader must know of the answer as a whole;
    `open_elsewhere`: an open incident of these processors concerns other dates.
    """

    request: ValidationRequest
    as_of: datetime
    first: date
    last: date
    rows: tuple[Validated, ...]
    notes: tuple[str, ...] = ()
    open_elsewhere: bool = False

    @cached_property
    def findings(self) -> tuple[Validated, ...]:
        """What somebody has to do something about; and what nobody can tell."""
        return tuple(row for row in self.rows if row.verdict not in SOUND)

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in WORST_FIRST if found[verdict]}


def rank(row: Validated) -> tuple[int, int, int, str]:
    """Sorts the worst first: what nobody can tell after what is known to be wrong; newest dates first within."""
    unclear = row.verdict not in SOUND and row.verdict in (Verdict.UPSTREAM, Verdict.UNKNOWN)
    group = 0 if row.verdict not in SOUND and not unclear else 1 + WORST_FIRST.index(row.verdict)
    level = CRITICAL_FIRST.index(row.processor.criticality)
    return (group, level if group == 0 else 0, -row.data_date.toordinal(), row.processor.name)
