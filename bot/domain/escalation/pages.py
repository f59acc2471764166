"""The pages of a step: to whom, by what, and what each says."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from bot.domain.delivery import Act, Page, PageState, Queued
from bot.domain.escalation.next_action import PageStep
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import Step
from bot.domain.incidents.response import PAGING, Response, ResponseState
from bot.domain.oncall.on_call import on_call
from bot.domain.oncall.schedule import Person, Schedule

NAMESPACE = UUID("5c1f0a52-6d52-4f0e-9a3c-0b7f3d1f6a11")
"""Of the ids of pages: the same step of the same cycle makes the same ids, whoever makes them."""
KEEP_A_STATE = frozenset({"pagerduty"})
"""Channels that go on paging by themselves until they are told."""
WORTH_A_SECOND = (Severity.P0, Severity.P1)
"""What goes to a person by another provider, too, when a channel refuses it."""
_FOLLOWING = {
    ResponseState.ACKNOWLEDGED: Act.ACKNOWLEDGE,
    ResponseState.MITIGATED: Act.ACKNOWLEDGE,
    ResponseState.RESOLVED: Act.RESOLVE,
}
_ABOUT_NO_INCIDENT = {
    Act.NOTE: ("note", Severity.P3),
    Act.TEST: ("TEST", Severity.P1),
    Act.TRIGGER: ("Fireline", Severity.P1),
}
"""What such a page is called, and how grave it is."""
Targets = Callable[[str, Person], str | None]
"""(channel, person) -> what reaches the person; None: the channel cannot, or is not there."""


def whoever(_channel: str, _person: Person) -> str:
    """Where the channels are not known: everybody is reached by each."""
    return ""


@dataclass(frozen=True)
class StepPages:
    """`pages` of a step; `people` who are paged; `unreached` says in words whom it does not reach, and why."""

    pages: tuple[Page, ...]
    people: tuple[Person, ...]
    unreached: tuple[str, ...]


def pages_of(
    action: PageStep, response: Response, label: str, schedule: Schedule, targets: Targets, now: datetime
) -> StepPages:
    """Each person once, by every channel of the step that reaches them. `label` is the incident's, as INC-42."""
    people, unreached = _people(action, schedule, now)
    pages = [
        _page(person, channel, target, action, response, label, now)
        for person in people
        for channel in action.step.by
        if (target := targets(channel, person)) is not None
    ]
    reached = {page.person for page in pages}
    ways = " or ".join(action.step.by)
    unreached += [f"{each.name} cannot be reached by {ways}" for each in people if each.name not in reached]
    return StepPages(tuple(pages), tuple(each for each in people if each.name in reached), tuple(unreached))


def follow_ups(sent: Iterable[Queued], before: Response, after: Response, now: datetime) -> list[Queued]:
    """What tells the channels that keep a state of their own what has become of the episode: one page each. What is
    smaller than they were told pages there no longer.
    """
    act = Act.RESOLVE if after.state in PAGING and after.severity > before.severity else _FOLLOWING.get(after.state)
    return [] if act is None else [following(each, act, now) for each in kept(sent)]


def kept(sent: Iterable[Queued]) -> list[Queued]:
    """What channels that keep a state of their own have, or may have: one page each."""
    tried = [each for each in sent if each.state not in (PageState.PENDING, PageState.CANCELLED)]
    told = {each.page.channel: each for each in tried if each.page.act is Act.TRIGGER}
    return [each for channel, each in told.items() if channel in KEEP_A_STATE]


def following(sent: Queued, act: Act, now: datetime) -> Queued:
    """Tells its channel what has become of a page; made again it is the same."""
    name = str(uuid5(NAMESPACE, f"{sent.page.dedup_key}:{act}:{sent.page.channel}:{now.isoformat()}"))
    page = replace(sent.page, id=name, act=act, created_at=now, attempts=0, first_attempt_at=None)
    return Queued(page=page, incident=sent.incident, not_before=sent.not_before)


def about_no_incident(
    key: str, act: Act, channel: str, person: str, target: str, text: str, now: datetime, wall: datetime
) -> Queued:
    """A page that has its words with it, the first line as its title. The same `key`, act, channel and person make the
    same one; `wall` is the time by which pages are sent.
    """
    label, severity = _ABOUT_NO_INCIDENT[act]
    page = Page(
        id=str(uuid5(NAMESPACE, f"{key}:{act}:{channel}:{person}")),
        dedup_key=key,
        label=label,
        severity=severity,
        act=act,
        channel=channel,
        person=person,
        target=target,
        created_at=now,
        title=text.partition("\n")[0],
        text=text,
    )
    return Queued(page=page, incident="", not_before=wall)


def unanswered(response: Response, label: str, channel: str, target: str, text: str, now: datetime) -> Queued:
    """What is told to all when a ladder was taken whole: once for each time; as grave as the incident."""
    key = f"{response.dedup_key}:{response.cycle}:unanswered"
    made = about_no_incident(key, Act.NOTE, channel, "", target, text, now, now)
    return replace(made, page=replace(made.page, label=label, severity=response.severity))


def people_of(schedule: Schedule, step: Step, now: datetime) -> list[str]:
    """The names of whom a step pages, each once: whom a card says will be paged next."""
    named = [name for name in step.people if name in schedule.by_name]
    return list(dict.fromkeys([*named, *people_at(schedule, step.rotas, now)]))


def people_at(schedule: Schedule, rotas: Sequence[str], now: datetime) -> list[str]:
    """The names of whoever has the turns, each once."""
    known = [rota for rota in rotas if rota in schedule.rota_by_name]
    return list(dict.fromkeys(name for rota in known if (name := on_call(schedule, rota, now).person)))


def _people(action: PageStep, schedule: Schedule, now: datetime) -> tuple[list[Person], list[str]]:
    missing = [f"{name} is not in oncall.yaml" for name in action.step.people if name not in schedule.by_name]
    missing += [f"there is no rota {rota}" for rota in action.step.rotas if rota not in schedule.rota_by_name]
    known = [rota for rota in action.step.rotas if rota in schedule.rota_by_name]
    missing += [f"nobody is {rota}" for rota in known if not on_call(schedule, rota, now).person]
    return [schedule.by_name[name] for name in people_of(schedule, action.step, now)], missing


def question_to(person: Person, channel: str, target: str, response: Response, label: str, now: datetime) -> Page:
    """Whether the owner still has it."""
    key = f"{response.dedup_key}:{response.version}:still on it:{person.name}"
    return _made(key, Act.ASK, person, channel, target, response, label, now)


def _page(
    person: Person, channel: str, target: str, action: PageStep, response: Response, label: str, now: datetime
) -> Page:
    key = f"{response.dedup_key}:{response.cycle}:{action.number}:{person.name}:{channel}"
    return _made(key, Act.TRIGGER, person, channel, target, response, label, now)


def _made(
    key: str, act: Act, person: Person, channel: str, target: str, response: Response, label: str, now: datetime
) -> Page:
    return Page(
        id=str(uuid5(NAMESPACE, key)),
        dedup_key=response.dedup_key,
        label=label,
        severity=response.severity,
        act=act,
        channel=channel,
        person=person.name,
        target=target,
        created_at=now,
    )
