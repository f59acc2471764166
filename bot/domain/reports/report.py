"""What every report is: of a local date, as of a moment, with what could not be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Report:
    """Of `day` in `zone`, as of a moment; `late`: it comes so long after it was due. `unavailable` names what could not
    be asked, and why; `later`: it may be, later on.
    """

    day: date
    as_of: datetime
    zone: ZoneInfo
    late: timedelta = timedelta()
    unavailable: Mapping[str, str] = field(default_factory=dict)
    later: bool = False
