"""Who would be paged: minute by minute, from the engine's own rules, without anything being sent."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.escalation.next_action import Exhaust, PageStep, next_action
from bot.domain.escalation.pages import Targets, pages_of
from bot.domain.findings.severity import Severity
from bot.domain.incidents import response as responses
from bot.domain.incidents.escalation_policy import Ladder
from bot.domain.oncall.schedule import Schedule

MOST_STEPS = 20


@dataclass(frozen=True)
class SimulatedStep:
    """`number` counts from 1; 0: there is no further one. `ways`: (person, channel) of each page; `unreached` says in
    words whom it does not reach, and why.
    """

    at: datetime
    number: int
    ways: tuple[tuple[str, str], ...] = ()
    unreached: tuple[str, ...] = ()


def simulated(
    severity: Severity, ladder: Ladder, schedule: Schedule, targets: Targets, at: datetime
) -> list[SimulatedStep]:
    """The first cycle of an incident that is announced at `at` and that nobody acknowledges."""
    response, found = responses.opened("simulated", severity, ladder, at), list[SimulatedStep]()
    while response.next_at is not None and len(found) < MOST_STEPS:
        now = response.next_at
        match next_action(response, now):
            case PageStep() as action:
                made = pages_of(action, response, "INC-0", schedule, targets, now)
                ways = tuple((page.person, page.channel) for page in made.pages)
                found.append(SimulatedStep(now, action.number, ways, made.unreached))
                response = responses.stepped(response, now, at_once=not made.people)
            case Exhaust():
                return [*found, SimulatedStep(now, 0)]
            case _:
                break
    return found
