"""How far an incident reaches: whom it blocks, and the deadline that comes next. From the registry alone."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import Due, Reach
from bot.domain.platform.deadline import due_at
from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Criticality, Registry

LEVELS: tuple[Criticality | None, ...] = (*Criticality, None)


class ReachMap:
    """`registry` with what depends on what worked out once."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._lineage = Lineage(registry)

    def of(self, incident: Incident, now: datetime) -> Reach:
        """As of `now`, for the date that the incident is called by, else its newest."""
        blocked = self.gravest_first(incident.impact)
        known = [name for name in incident.processors if name in self._registry.by_name]
        below = {name for root in known for name in self._lineage.down(root)} - set(known)
        due = self._due(incident, blocked, now)
        dependents = len(below) if self._lineage.is_told else None
        return Reach(blocked[0] if blocked else "", max(0, len(blocked) - 1), due, dependents)

    def gravest_first(self, names: Iterable[str]) -> list[str]:
        """By criticality; of equals, those with a deadline of their own first."""
        return sorted(dict.fromkeys(names), key=self._gravity)

    def _gravity(self, name: str) -> tuple[int, bool, str]:
        processor = self._registry.by_name.get(name)
        level = processor.criticality if processor is not None else None
        return LEVELS.index(level), processor is None or processor.sla_completion_time is None, name

    def _due(self, incident: Incident, blocked: list[str], now: datetime) -> Due | None:
        """That of the first blocked; else the next to come of all; else the one that passed last."""
        day = incident.headline.data_date or max(incident.data_dates, default=None)
        if day is None:
            return None
        named = [self._registry.by_name[name] for name in (*blocked, incident.root) if name in self._registry.by_name]
        known = [(each.name, due_at(each, day, self._registry)) for each in named]
        found = [Due(name, moment) for name, moment in known if moment is not None]
        if found and blocked and found[0].processor == blocked[0]:
            return found[0]
        ahead = [due for due in found if due.at > now]
        return min(ahead, key=lambda due: due.at) if ahead else max(found, key=lambda due: due.at, default=None)
