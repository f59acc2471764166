"""What of the hands behind an incident's recommended action is there: each with what it is about, or why it is not."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.domain.deploys.correlation import Correlation
from bot.domain.deploys.deployed import asked_of_cloud_run
from bot.domain.findings.hands import Hand, Offer, hands_of
from bot.domain.incidents.incident import Incident
from bot.domain.platform.registry import Control, Processor, Registry, Service
from bot.domain.verdicts.context import Neighbours

OF_DATES = frozenset({Hand.RERUN, Hand.CLEAR_MARKER})
ON_SERVICES = frozenset({Hand.RESTART, Hand.TIMEOUT, Hand.ROLLBACK, Hand.CANCEL})


class IncidentHands:
    """`cloud_run`: is it asked here?"""

    def __init__(self, registry: Registry, *, cloud_run: bool) -> None:
        self._registry, self._stand_ins, self._cloud_run = registry, Neighbours(registry).stand_ins, cloud_run

    def of(self, incident: Incident, correlations: Sequence[Correlation] = ()) -> list[Offer]:
        """By hand alone where nothing is there; nothing where nothing is to be done. `correlations`: the deployments
        that facts speak for.
        """
        wanted = hands_of(incident.headline.action, deployed=bool(correlations))
        processor = self._registry.by_name.get(next(iter(incident.headline.processors), ""))
        day = incident.headline.data_date or max(incident.data_dates, default=None)
        found = [] if processor is None else [o for hand in wanted for o in self._offers(hand, processor, day)]
        return found or ([Offer(Hand.BY_HAND)] if wanted else [])

    def _offers(self, hand: Hand, processor: Processor, day: date | None) -> Iterator[Offer]:
        service = self._registry.service_by_name.get(processor.service or "")
        if hand is Hand.OPEN_CIRCUIT:
            yield Offer(hand, processor.name)
        elif hand is Hand.FALLBACK and day is not None:
            names = [
                name for owner in (processor.name, processor.source) for name in self._stand_ins.get(owner or "", ())
            ]
            yield from (Offer(hand, name, day) for name in names)
        elif hand is Hand.MAINTENANCE and self._cloud_run:
            yield from (Offer(hand, each.name) for each in self._registry.services if each.maintenance)
        elif hand in OF_DATES and service is not None and day is not None and _takes(hand, service):
            yield Offer(hand, processor.name, day)
        elif hand in ON_SERVICES and service is not None and self._cloud_run and _has(hand, service):
            yield Offer(hand, service.name)


def _takes(hand: Hand, service: Service) -> bool:
    if hand is Hand.RERUN:
        return not service.cannot_start
    return service.clear_request is not None and service.address is not None


def _has(hand: Hand, service: Service) -> bool:
    if hand is Hand.CANCEL:
        return service.asked_by is Control.CLOUD_RUN_JOB
    return asked_of_cloud_run(service)
