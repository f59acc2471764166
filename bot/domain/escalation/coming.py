"""Whom the next pages reach, and when: for the card, and for the question whether somebody takes it over."""

from datetime import datetime

from bot.domain.escalation.next_action import Exhaust, PageStep, next_action
from bot.domain.escalation.pages import Targets, pages_of, people_at
from bot.domain.incidents import response as responses
from bot.domain.incidents.response import Response
from bot.domain.incidents.standing import Coming
from bot.domain.oncall.schedule import Schedule

MOST_COMING = 2


def coming(response: Response, schedule: Schedule, targets: Targets, now: datetime) -> tuple[Coming, ...]:
    """The next pages, as the engine would take them: whoever has the turn when their time comes, and is reached. Where
    none is left, when it is said that nobody has answered: to no one person.
    """
    found: list[Coming] = []
    while response.pages and response.next_at is not None and len(found) < MOST_COMING:
        at = max(now, response.next_at)
        action = next_action(response, at)
        if isinstance(action, Exhaust) and not found and at > now:
            found.append(Coming(at, ()))
        if not isinstance(action, PageStep):
            break
        people = pages_of(action, response, "", schedule, targets, at).people
        if people and action.step.wakes:
            found.append(Coming(at, tuple(each.name for each in people)))
        response = responses.stepped(response, at, at_once=not people)
    return tuple(found)


def unfilled(response: Response, schedule: Schedule, now: datetime) -> tuple[str, ...]:
    """The rotas of a ladder that is being climbed whose turn nobody has: their steps fall through to the next."""
    if not response.pages:
        return ()
    rotas = dict.fromkeys(rota for step in response.ladder.steps if step.wakes for rota in step.rotas)
    known = (rota for rota in rotas if rota in schedule.rota_by_name)
    return tuple(rota for rota in known if not people_at(schedule, (rota,), now))


def paged_now_or_next(response: Response, schedule: Schedule, targets: Targets, now: datetime) -> tuple[str, ...]:
    """Whose pages stop with an acknowledgement: whom the last step reaches, and the first who are to come."""
    taken = response.ladder.steps[max(0, response.step - 1) : response.step]
    last = [PageStep(step, response.step) for step in taken if step.wakes]
    names = [each.name for step in last for each in pages_of(step, response, "", schedule, targets, now).people]
    following = coming(response, schedule, targets, now)[:1]
    return tuple(dict.fromkeys([*names, *(name for each in following for name in each.people)]))
