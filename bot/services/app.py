"""Every use case that Slack's handlers call, wired."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from bot.domain.platform.registry import Registry
from bot.ports.clock import Clock
from bot.services.blindness import Blindness
from bot.services.declaring import DeclaringService
from bot.services.deploys import DeploysService
from bot.services.hands import IncidentHands
from bot.services.health import HealthService
from bot.services.home import HomeService
from bot.services.impact import ImpactService
from bot.services.inbox import Inbox
from bot.services.incidents import IncidentService
from bot.services.mend_tickets import MendTickets
from bot.services.oncall import OncallService
from bot.services.operations import OperationService
from bot.services.practice import PracticeService
from bot.services.queries import QueryService
from bot.services.receipts import ReceiptService
from bot.services.repair_control import RepairControl
from bot.services.reports import ReportService
from bot.services.reprocessing import RepairService
from bot.services.reprocessing_execution import ReprocessingExecution
from bot.services.reprocessing_messages import RepairMessages
from bot.services.responses import ResponseService
from bot.services.retrospect import RetrospectService
from bot.services.reviews import ReviewService
from bot.services.runbooks import RunbookService
from bot.services.sampling import SamplingService
from bot.services.silences import SilenceService
from bot.services.slo import SloService
from bot.services.sources import SourcesService
from bot.services.trends import TrendService
from bot.services.validation import ValidationService
from bot.services.watches import WatchService


@dataclass(frozen=True)
class RepairWork:
    """What people do to repairs that run, what these leave behind, what carries them out, and what shows how far they
    are; the last two None: this process has no state.
    """

    control: RepairControl
    receipts: ReceiptService
    execution: ReprocessingExecution | None = None
    messages: RepairMessages | None = None


@dataclass
class AppServices:
    """Whoever answers has this, and asks it for the use case each time: they may all be renewed."""

    now: Clock
    registry: Registry
    health: HealthService
    trends: TrendService
    impact: ImpactService
    validation: ValidationService
    sampling: SamplingService
    queries: QueryService
    incidents: IncidentService
    oncall: OncallService
    responses: ResponseService
    declaring: DeclaringService
    practice: PracticeService
    tickets: MendTickets
    retrospect: RetrospectService
    silences: SilenceService
    repairs: RepairService
    repair_work: RepairWork
    reports: ReportService
    reviews: ReviewService
    watches: WatchService
    slo: SloService
    sources: SourcesService
    blindness: Blindness
    inbox: Inbox
    deploys: DeploysService
    hear: Callable[[str], None]
    """Slack has told us of a message of our own, with this text."""
    guide: Callable[["AppServices"], RunbookService]
    operating: Callable[["AppServices"], OperationService]
    at_home: Callable[["AppServices"], HomeService]

    @cached_property
    def runbooks(self) -> RunbookService:
        """Their checks and actions are those of the other services."""
        return self.guide(self)

    @cached_property
    def operations(self) -> OperationService:
        """What they are judged by are the other services."""
        return self.operating(self)

    @cached_property
    def home(self) -> HomeService:
        """It asks the other services."""
        return self.at_home(self)

    @cached_property
    def hands(self) -> IncidentHands:
        """What can be done about an incident."""
        return IncidentHands(self.registry, cloud_run=self.deploys.reader is not None)

    def renew(self, others: "AppServices") -> None:
        """All of them at once: a question that is being answered goes on with what it has."""
        for made in ("runbooks", "operations", "home", "hands"):
            vars(self).pop(made, None)
        vars(self).update(vars(others))
