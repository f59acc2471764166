"""Dates whose data was due, was judged and is not there: each is a named reason, grave by the severity policy."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from bot.domain.counts import plural
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.findings.severity_policy import SeverityPolicy, severity_of
from bot.domain.findings.words import short_days
from bot.domain.health.model import Because, DatesWithout, HealthReason
from bot.domain.health.notified import NAMES
from bot.domain.incidents.incident import Incident
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.names import some_of
from bot.domain.platform.registry import Kind, Processor, Registry

MOST_NAMED = 5
_APART = (" and is in no open P0 or P1", " and are in no open P0 or P1")


class MissingDate(NamedTuple):
    """Data was due and is not there, or only a part; `settled_at` (aware UTC): since when that counts."""

    processor: str
    data_date: date
    settled_at: datetime
    partial: bool = False


class DueOutcome(NamedTuple):
    """A date on which data was due, settled at `settled_at`; `good`: it has its data, whole, since `filled_at`; None:
    nobody can tell. Times are aware UTC.
    """

    processor: str
    data_date: date
    settled_at: datetime
    good: bool | None
    filled_at: datetime | None


@dataclass(frozen=True)
class LossRules:
    """`accepted` losses are no reason; `policy` says which of the others are P0."""

    accepted: AcceptedLosses = field(default_factory=AcceptedLosses)
    policy: SeverityPolicy = field(default_factory=SeverityPolicy)

    def counted(self, missing: Iterable[MissingDate]) -> list[MissingDate]:
        """Without those whose loss is accepted."""
        return [each for each in missing if self.accepted.reason(each.processor, each.data_date) is None]


STANDARD = LossRules()


@dataclass(frozen=True)
class MissingReasons:
    """`grave`: losses that are P0; `others`; and what is said of each processor in its own row."""

    grave: Sequence[HealthReason]
    others: Sequence[HealthReason]
    by_name: Mapping[str, Sequence[HealthReason]]
    without: DatesWithout = field(default_factory=DatesWithout)


NOTHING_MISSING = MissingReasons((), (), {})


def missing_reasons(
    missing: Iterable[MissingDate],
    everywhere: Iterable[MissingDate],
    registry: Registry,
    rules: LossRules,
    opened: Iterable[Incident],
    as_of: datetime,
) -> MissingReasons:
    """`missing` are the dates that are asked about, of those that lack `everywhere`: a loss further up counts, whoever
    is asked about. `opened`: incidents that are reasons themselves. What one of them says of a date is not said again.
    """
    every = list(missing)
    known = rules.counted(every)
    absent = {(each.processor, each.data_date) for each in rules.counted(everywhere)}
    listed = list(opened)
    said, inside = _said([each for each in listed if each.severity in NAMES]), _said(listed)
    left = [each for each in known if (each.processor, each.data_date) not in said]
    outside = sum((each.processor, each.data_date) not in inside for each in known)
    apart = _APART if len(left) < len(known) else ("", "")
    why = _grave(left, absent, registry, rules.policy, as_of)
    grave = {each.processor for those in why.values() for each in those}
    return MissingReasons(
        [_reason(those, f" P0: {because}.", apart) for because, those in why.items()],
        _others([each for each in left if not any(each in those for those in why.values())], apart),
        {name: [_row_reason(name, those, grave)] for name, those in _by_processor(known).items()},
        DatesWithout(outside, len(known) - outside, len(every) - len(known)),
    )


def _said(incidents: Iterable[Incident]) -> set[tuple[str, date]]:
    """(processor, data date) of which incidents speak."""
    return {(name, day) for one in incidents for name in (*one.processors, *one.impact) for day in one.data_dates}


def _grave(
    left: Iterable[MissingDate],
    absent: Collection[tuple[str, date]],
    registry: Registry,
    policy: SeverityPolicy,
    as_of: datetime,
) -> Mapping[str, list[MissingDate]]:
    """Those that are P0, by the policy's reason. What something upstream lacks, too, is part of that loss."""
    lineage = Lineage(registry)
    found: dict[str, list[MissingDate]] = defaultdict(list)
    for each in left:
        if any((name, each.data_date) in absent for name in lineage.up(each.processor)):
            continue
        processor = registry.by_name[each.processor]
        severity, because = severity_of(
            _kind(each, processor), processor.criticality, False, as_of - each.settled_at, policy
        )
        if severity is Severity.P0:
            found[because].append(each)
    return found


def _kind(each: MissingDate, processor: Processor) -> FindingKind:
    if each.partial:
        return FindingKind.PARTIAL_COVERAGE
    scraped = processor.kind is Kind.SCRAPER
    return FindingKind.ZERO_RECORDS_SCRAPER if scraped else FindingKind.ZERO_RECORDS_PROCESSOR


def _others(left: Sequence[MissingDate], apart: tuple[str, str]) -> list[HealthReason]:
    return [_reason(left, "", apart)] if left else []


def _reason(
    those: Sequence[MissingDate], why: str, apart: tuple[str, str] = ("", ""), *, by_name: bool = True
) -> HealthReason:
    """`apart`: what sets those apart from the others without data, of one date and of several. `by_name`: each date is
    told with its processor.
    """
    newest = sorted(those, key=lambda each: (-each.data_date.toordinal(), each.processor))
    named = some_of(_labels(newest, by_name=by_name), MOST_NAMED)
    lack = "incomplete data or none" if any(each.partial for each in newest) else "no data"
    count = f"{plural(len(newest), 'date')} due {'has' if len(newest) == 1 else 'have'}"
    return HealthReason(
        Because.DATES_MISSING, newest[0].processor, f"{count} {lack}{apart[len(newest) > 1]}: {named}.{why}"
    )


def _row_reason(name: str, those: Sequence[MissingDate], grave: Collection[str]) -> HealthReason:
    return HealthReason(
        Because.DATES_LOST if name in grave else Because.DATES_MISSING,
        name,
        f"{name}: {_reason(those, '', by_name=False).text}",
    )


def _labels(newest: Iterable[MissingDate], *, by_name: bool) -> list[str]:
    """The dates of each processor together, in the order given."""
    dates: dict[tuple[str, bool], list[date]] = defaultdict(list)
    for each in newest:
        dates[each.processor, each.partial].append(each.data_date)
    return [
        f"{_named(name, short_days(days)) if by_name else short_days(days)}{' (partly filled)' if partial else ''}"
        for (name, partial), days in dates.items()
    ]


def _named(name: str, days: str) -> str:
    """A list of dates is held together, where those of others follow."""
    return f"{name} ({days})" if "," in days else f"{name} {days}"


def _by_processor(known: Iterable[MissingDate]) -> Mapping[str, list[MissingDate]]:
    found: dict[str, list[MissingDate]] = defaultdict(list)
    for each in known:
        found[each.processor].append(each)
    return found
