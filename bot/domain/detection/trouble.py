"""What one detector sees, before severity and impact are worked out."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.evidence.observation import RunSeen
from bot.domain.findings.finding import FindingKind, RootCause


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """`blocks`: does it keep dependents from their data? `lost_since`: since when data of the date is lost; `failed`:
    the failed runs that its sentence counts, where it counts them.
    """

    kind: FindingKind
    processors: tuple[str, ...]
    root_cause: RootCause
    since: datetime
    evident_at: datetime
    explanation: str
    data_date: date | None = None
    error_class: str = ""
    blocks: bool = False
    lost_since: datetime | None = None
    failed: tuple[RunSeen, ...] = ()
