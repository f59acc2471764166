"""The noise ledger: how each finding of the detection ended, and why. None is left out, and none counts twice.

A finding is one fingerprint from when it first held until it has not held for a repeat window: what comes back sooner
is the same finding, as it is the same message. Each reason that it was ever decided for is an entry; it ends as the
first of these that it reached: told, joined, capped, silenced, expected, shadow.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Reason
from bot.domain.incidents.incident import AlertState


class Ending(StrEnum):
    """The first outdoes the others: what people were told of stays told when a silence hides it later."""

    TOLD = "told"
    """In a message of its own; a P3 in the digest."""
    JOINED = "joined"
    """In the message of what explains it."""
    CAPPED = "capped"
    """In the one message of an hour that had too many."""
    SILENCED = "silenced"
    """Hidden by a silence, or by what hides its root."""
    EXPECTED = "expected"
    """A planned window; over before it was announced; or still waiting: to be grouped, for a root that has just
    resolved, for a source that shows nothing.
    """
    SHADOW = "shadow"
    """Kept apart by policy, and sent to nobody."""


_RANK = {ending: position for position, ending in enumerate(Ending)}
_ENDINGS = {
    Reason.SAME_ROOT: Ending.JOINED,
    Reason.DOWNSTREAM: Ending.JOINED,
    Reason.TAKEN_IN: Ending.JOINED,
    Reason.IN_STORM: Ending.JOINED,
    Reason.SAME_CLASS: Ending.JOINED,
    Reason.SAME_TEXT: Ending.JOINED,
    Reason.SHOWN_AGAIN: Ending.JOINED,
    Reason.CAPPED: Ending.CAPPED,
    Reason.SILENCED: Ending.SILENCED,
    Reason.ROOT_QUIET: Ending.SILENCED,
    Reason.IN_WINDOW: Ending.EXPECTED,
    Reason.WINDOW_SETTLES: Ending.EXPECTED,
    Reason.OVER: Ending.EXPECTED,
    Reason.GROUPING: Ending.EXPECTED,
    Reason.ROOT_RESOLVED: Ending.EXPECTED,
    Reason.BLIND: Ending.EXPECTED,
    Reason.SHADOW: Ending.SHADOW,
}
"""Every other reason is one of a message that people get."""


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """That a finding was decided on for this reason, first `at`. `found_at`: when it first held; with the fingerprint
    it names the finding. `hidden_by` names the silence or window.
    """

    fingerprint: str
    found_at: datetime
    at: datetime
    reason: Reason
    root: str
    kind: FindingKind
    severity: Severity
    data_date: date | None = None
    incident: str = ""
    hidden_by: str = ""

    @property
    def ending(self) -> Ending:
        return _ENDINGS.get(self.reason, Ending.TOLD)


@dataclass(frozen=True)
class NoiseLedger:
    """The findings first seen from `since` to before `until`, each as it had ended by then, in order of when they were
    found.
    """

    since: datetime
    until: datetime
    ended: tuple[LedgerEntry, ...] = ()

    @property
    def findings(self) -> int:
        return len(self.ended)

    @cached_property
    def totals(self) -> Mapping[Ending, int]:
        """Of every ending, those without any too: they add up to the findings."""
        found = Counter(each.ending for each in self.ended)
        return {ending: found[ending] for ending in Ending}

    @cached_property
    def reasons(self) -> Mapping[Ending, Mapping[Reason, int]]:
        """Why, within each ending that has any, the most frequent first."""
        found = Counter((each.ending, each.reason) for each in self.ended)
        return {
            ending: {reason: count for (of, reason), count in found.most_common() if of is ending}
            for ending in Ending
            if self.totals[ending]
        }

    def about(self, roots: Collection[str]) -> "NoiseLedger":
        """Those of these processors alone."""
        return NoiseLedger(self.since, self.until, tuple(each for each in self.ended if each.root in roots))


def noise_ledger(entries: Iterable[LedgerEntry], since: datetime, until: datetime) -> NoiseLedger:
    """The totals of a window. `entries`: those of all findings first seen in it, in any order."""
    last: dict[tuple[str, datetime], LedgerEntry] = {}
    for entry in entries:
        if since <= entry.found_at < until and entry.at < until:
            key = (entry.fingerprint, entry.found_at)
            last[key] = max(last.get(key, entry), entry, key=_order)
    ended = sorted(last.values(), key=lambda each: (each.found_at, each.fingerprint))
    return NoiseLedger(since, until, tuple(ended))


def _order(entry: LedgerEntry) -> tuple[int, datetime, str]:
    """The strongest ending; of one ending the latest reason."""
    return -_RANK[entry.ending], entry.at, entry.reason.name


def entries_of(before: Mapping[str, AlertState], after: Iterable[AlertState], now: datetime) -> Iterator[LedgerEntry]:
    """What a tick adds. What a person has declared is no finding of the detection."""
    for alert in after:
        known = before.get(alert.fingerprint)
        same = known is not None and known.first_held_at == alert.first_held_at and known.reason is alert.reason
        if not same and not alert.finding.declared:
            yield LedgerEntry(
                fingerprint=alert.fingerprint,
                found_at=alert.first_held_at,
                at=now,
                reason=alert.reason,
                root=alert.finding.root,
                kind=alert.finding.kind,
                severity=alert.finding.severity,
                data_date=alert.finding.data_date,
                incident=alert.incident,
                hidden_by=alert.hidden_by,
            )
