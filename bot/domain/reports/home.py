"""What App Home shows: the state of things, the same for everybody, and what concerns whoever looks.

Every figure is the answer of the function that a command asks. None: it could not be asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.escalation.readiness import Readiness
from bot.domain.gate.silences import Standing
from bot.domain.health.model import HealthReport
from bot.domain.incidents.standing import Overview
from bot.domain.oncall.overview import Turn
from bot.domain.oncall.schedule import Shift
from bot.domain.reports.paging import Call
from bot.domain.reprocessing.progress import Progress
from bot.domain.reprocessing.repair import Repair

PAGED_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Mine:
    """Of whoever looks. `person` "": not in oncall.yaml. `now`: their turns that go on, `following`: the next one in
    each rota, soonest first; `calls`: what paged them in seven days, in order of time; `reach`: by what they would be.
    """

    person: str = ""
    now: Sequence[Shift] | None = ()
    following: Sequence[Shift] | None = ()
    calls: Sequence[Call] | None = ()
    reach: Sequence[Readiness] | None = ()
    unavailable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Home:
    """As of a moment (aware UTC). `turns` (): there is no rota. `unavailable`: why something could not be asked."""

    as_of: datetime
    health: HealthReport | None = None
    turns: Sequence[Turn] | None = None
    incidents: Sequence[Overview] | None = None
    repairs: Sequence[tuple[Repair, Progress]] | None = None
    silences: Sequence[Standing] | None = None
    pinned: Sequence[str] | None = None
    unavailable: Mapping[str, str] = field(default_factory=dict)
