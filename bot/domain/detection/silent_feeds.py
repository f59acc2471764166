"""source_blind of a feed: runs bring data, and nothing shows any of it. One finding, not a loss of each table."""

from collections.abc import Iterable, Iterator

from bot.domain.evidence.feeds import FeedGap
from bot.domain.findings.finding import Finding, FindingKind, RootCause
from bot.domain.findings.severity_policy import SeverityPolicy, severity_of

WHAT = "shows nothing, though runs bring data"


def detect(gaps: Iterable[tuple[FeedGap, int]], policy: SeverityPolicy) -> Iterator[Finding]:
    """`gaps`: those that go on, and for how many tables or sources runs have brought data since."""
    severity, reason = severity_of(FindingKind.SOURCE_BLIND, None, False, None, policy)
    for known, owners in gaps:
        yield Finding(
            kind=FindingKind.SOURCE_BLIND,
            processors=(),
            root_cause=RootCause.INFRASTRUCTURE,
            severity=severity,
            severity_reason=reason,
            since=known.gap.first,
            evident_at=known.gap.evident_at,
            explanation=f"{known.text}, of {owners:,} that should have shown some",
            error_class=WHAT,
            source=str(known.feed),
        )
