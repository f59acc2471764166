"""The weekly report as facts: service levels, who was called and when, what was noisy, what hid something real."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from bot.domain.findings.severity import Severity
from bot.domain.gate.folded import Folded
from bot.domain.gate.noise_ledger import Ending, LedgerEntry, NoiseLedger
from bot.domain.gate.silences import Silence
from bot.domain.incidents.figures import Figures
from bot.domain.reports.noisiest import Noisy
from bot.domain.reports.objectives import Objective, SloReport
from bot.domain.reports.paging import OwnLine, Paging
from bot.domain.reports.report import Report
from bot.domain.runbooks.runbook import Runbook

WEEK = timedelta(days=7)
TRIED_WITHIN, REVIEWED_WITHIN = timedelta(days=90), timedelta(days=180)


@dataclass(frozen=True)
class Hid:
    """What a silence or a window hid that is no note. `silence` None: it is not known any more, or is a window of the
    data; `name` is its id then.
    """

    name: str
    silence: Silence | None
    findings: tuple[LedgerEntry, ...]


@dataclass(frozen=True)
class Untried:
    """A runbook that nobody has tried for long, or whose review is old. `tried_at` None: never."""

    runbook: Runbook
    tried_at: datetime | None


@dataclass(frozen=True)
class WeekSummary:
    """What the next one compares itself with. None: it was not known."""

    day: date
    pages: int | None
    night: int | None
    incidents: int | None


@dataclass(frozen=True, kw_only=True)
class WeeklyReport(Report):
    """Of the seven days before `as_of`. `incidents`: so many were opened; `drifts`: how deployed services differ from
    the registry, in sentences, `drifts_off`: why nobody looks here; `storms`: those announced, the greatest first.
    Nothing is known of what came before `watched_since`.
    """

    watched_since: datetime | None = None
    slo: SloReport | None = None
    incidents: int | None = None
    figures: Sequence[Figures] | None = None
    paging: Paging | None = None
    noisiest: Sequence[Noisy] | None = None
    hid: Sequence[Hid] | None = None
    untried: Sequence[Untried] | None = None
    drifts: Sequence[str] | None = None
    drifts_off: str = ""
    ledger: NoiseLedger | None = None
    storms: Sequence[Folded] | None = None
    own: OwnLine | None = None
    before: WeekSummary | None = None

    @property
    def since(self) -> datetime:
        return self.as_of - WEEK

    @property
    def unwatched(self) -> bool:
        """Was nothing watched during that week?"""
        return self.watched_since is None or self.watched_since >= self.as_of

    @cached_property
    def judged(self) -> tuple[Objective, ...]:
        """The objectives that had an outcome in the week; none where the history ended before it."""
        if self.slo is None or self.slo.as_of <= self.since:
            return ()
        return tuple(each for each in self.slo.objectives if each.week.known)

    @cached_property
    def missed(self) -> tuple[Objective, ...]:
        return tuple(each for each in self.judged if (each.week.rate or 0.0) < each.target)

    @cached_property
    def summary(self) -> WeekSummary:
        paging = self.paging
        if paging is None:
            return WeekSummary(self.day, None, None, self.incidents)
        return WeekSummary(self.day, len(paging.calls), paging.at_night, self.incidents)


def hid_real(ended: Iterable[LedgerEntry], silences: Mapping[str, Silence | None]) -> tuple[Hid, ...]:
    """What was hidden and told by nothing else, the gravest first; a P3 is a note."""
    found = dict[str, list[LedgerEntry]]()
    for each in ended:
        if each.hidden_by and each.severity is not Severity.P3 and each.ending is not Ending.TOLD:
            found.setdefault(each.hidden_by, []).append(each)
    made = [Hid(name, silences.get(name), tuple(hidden)) for name, hidden in found.items()]
    return tuple(sorted(made, key=lambda each: (min(one.severity for one in each.findings), -len(each.findings))))


def untried(runbooks: Iterable[Runbook], tried: Mapping[str, datetime], now: datetime) -> tuple[Untried, ...]:
    """Those never tried first, then the longest ago."""
    found = [Untried(each, tried.get(each.id)) for each in runbooks]
    old = [each for each in found if _old(each, now)]
    return tuple(sorted(old, key=lambda each: (each.tried_at is not None, each.tried_at or now, each.runbook.id)))


def _old(each: Untried, now: datetime) -> bool:
    reviewed = now.date() - each.runbook.reviewed_on
    return each.tried_at is None or now - each.tried_at > TRIED_WITHIN or reviewed > REVIEWED_WITHIN
