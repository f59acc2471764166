"""Can everybody who is to be paged be reached? Per person and severity, and what of the policy reaches nobody."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.counts import plural
from bot.domain.errors import suggest
from bot.domain.escalation.pages import WORTH_A_SECOND, Targets
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import WRITTEN, EscalationPolicy, Ladder, Step
from bot.domain.oncall.on_call import gaps, shifts
from bot.domain.oncall.schedule import Person, Schedule

AHEAD = timedelta(days=60)
SLACK = "slack"
Provider = Callable[[str], str | None]
"""Whose outage silences a channel; None: it is not there."""


class Reach(StrEnum):
    READY = "ready"
    PARTLY = "partly"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Doubt:
    """Why, in words, a channel does not reach a person though oncall.yaml says how; not `certain`: it may."""

    because: str
    certain: bool = True


Doubts = Callable[[str, Person], Doubt | None]
"""(channel, person) -> what speaks against it; asked only of a channel that has how to reach the person."""


def no_doubt(_channel: str, _person: Person) -> None:
    """Where nobody is asked."""


@dataclass(frozen=True)
class Readiness:
    """`missing`: the channels of the policy that do not reach that person, or of which nobody knows; `because`: what
    is known of each that oncall.yaml does not say.
    """

    person: str
    severity: Severity
    reach: Reach
    missing: tuple[str, ...] = ()
    because: Mapping[str, str] = field(default_factory=dict)


def readiness(
    policy: EscalationPolicy, schedule: Schedule, targets: Targets, now: datetime, doubts: Doubts = no_doubt
) -> list[Readiness]:
    """Of everybody who has a turn in the next 60 days, for each severity that pages them; in order of the file."""
    found, every = [], _waking([step for ladder in policy.ladders.values() for step in ladder.steps])
    for severity, ladder in sorted(policy.ladders.items()):
        for person in schedule.people:
            channels = _waking([step for step in ladder.steps if person.name in _people(step, schedule, now)])
            if channels:
                second = [each for each in every if each not in channels] if severity in WORTH_A_SECOND else []
                found.append(_of(person, severity, channels, second, targets, doubts))
    return found


def _waking(steps: Sequence[Step]) -> list[str]:
    return list(dict.fromkeys(channel for step in steps for channel in step.by if channel not in WRITTEN))


def _of(
    person: Person, severity: Severity, channels: list[str], second: list[str], targets: Targets, doubts: Doubts
) -> Readiness:
    """`second`: the policy's other channels, by which a page goes on that one of `channels` refuses."""
    there = [channel for channel in channels if targets(channel, person) is not None]
    against = {channel: doubt for channel in there if (doubt := doubts(channel, person)) is not None}
    missing = tuple(channel for channel in channels if channel not in there or channel in against)
    if not missing:
        return Readiness(person.name, severity, Reach.READY)
    lost = [channel for channel in missing if channel not in against or against[channel].certain]
    goes_on = bool(against) and any(
        targets(channel, person) is not None and doubts(channel, person) is None for channel in second
    )
    reach = Reach.UNREACHABLE if len(lost) == len(channels) and not goes_on else Reach.PARTLY
    because = {channel: doubt.because for channel, doubt in against.items()}
    return Readiness(person.name, severity, reach, missing, because)


def faults(
    policy: EscalationPolicy, schedule: Schedule, targets: Targets, provider: Provider, now: datetime
) -> Iterator[str]:
    """What a policy must not have: a P0 or P1 that wakes nobody or falls silent, a step that reaches nobody, a P0 that
    needs Slack alone, one provider for all.
    """
    yield from _silent(policy)
    for severity, ladder in sorted(policy.ladders.items()):
        for number, step in enumerate(ladder.steps, start=1):
            for why in _of_step(step, schedule, targets, provider, now):
                yield f"{severity}, step {number}: {why}"
    yield from _of_p0(policy.of(Severity.P0), schedule, targets, provider, now)


def _silent(policy: EscalationPolicy) -> Iterator[str]:
    for severity in (Severity.P0, Severity.P1):
        if not policy.of(severity).wakes:
            yield f"{severity} wakes nobody: give it a step by slack, voice or another channel that pages"
    p0 = policy.of(Severity.P0)
    if p0.wakes and p0.repeat is None:
        yield "P0: when nobody has answered, nobody is paged again; set `repeat: 30m`"


def _of_step(step: Step, schedule: Schedule, targets: Targets, provider: Provider, now: datetime) -> Iterator[str]:
    known = [rota for rota in step.rotas if rota in schedule.rota_by_name]
    for rota in step.rotas:
        if rota not in known:
            person = f"{rota} is a person: make a rota of them." if rota in schedule.by_name else ""
            yield f"there is no rota {rota!r} in oncall.yaml. {person or suggest(rota, schedule.rota_by_name)}".rstrip()
    people = [schedule.by_name[name] for name in _people(step, schedule, now)]
    if known and not people:
        yield f"nobody has a turn of {' or '.join(known)} in the next {AHEAD.days} days"
    lost = [
        person.name for person in people if step.wakes and all(targets(channel, person) is None for channel in step.by)
    ]
    if lost:
        why = _not_set_up(step.by, provider)
        yield f"{', '.join(lost)} cannot be reached by {' or '.join(step.by)}" + (f": {why}" if why else "")


def _of_p0(ladder: Ladder, schedule: Schedule, targets: Targets, provider: Provider, now: datetime) -> Iterator[str]:
    """One outage must not silence it."""
    paged = [(name, step.by) for step in ladder.steps for name in _people(step, schedule, now)]
    for name in dict.fromkeys(name for name, _ in paged):
        channels = {channel for other, by in paged if other == name for channel in by if channel not in WRITTEN}
        reached = sorted(channel for channel in channels if targets(channel, schedule.by_name[name]) is not None)
        if reached == [SLACK]:
            why = _not_set_up(sorted(channels), provider)
            remedy = f": {why}" if why else "; add a phone, a mail or a pager"
            yield f"P0: {name} can only be reached by Slack{remedy}"
        elif len(reached) > 1 and len({provider(channel) for channel in reached}) == 1:
            yield f"P0: {' and '.join(reached)} reach {name} through {provider(reached[0])} alone"


def _not_set_up(channels: Sequence[str], provider: Provider) -> str:
    """Those that nobody is reached by, as they are not there; "": all are."""
    absent = [channel for channel in channels if provider(channel) is None]
    verb = "is" if len(absent) == 1 else "are"
    return f"{' and '.join(absent)} {verb} not set up in channels.yaml" if absent else ""


def _people(step: Step, schedule: Schedule, now: datetime) -> list[str]:
    """Who has a turn of the step's rotas in the next 60 days, each once."""
    known = [rota for rota in step.rotas if rota in schedule.rota_by_name]
    turns = [turn for rota in known for turn in shifts(schedule, rota, now, now + AHEAD)]
    return list(dict.fromkeys(turn.person for turn in turns if turn.person))


def uncovered(policy: EscalationPolicy, schedule: Schedule, now: datetime) -> Iterator[str]:
    """The rotas that a policy pages, and the hours in which nobody has their turn: a step then falls through."""
    rotas = dict.fromkeys(rota for ladder in policy.ladders.values() for step in ladder.steps for rota in step.rotas)
    for rota in rotas:
        found = gaps(schedule, rota, now, now + AHEAD) if rota in schedule.rota_by_name else []
        if found:
            first = found[0].since or now
            more = f", and {plural(len(found) - 1, 'more gap')} in {AHEAD.days} days" if len(found) > 1 else ""
            yield f"nobody is {rota} from {first:%Y-%m-%d %H:%M} UTC{more}; give it a fallback, or another layer"
