"""What people do about an incident: who has it, and how far its pages have come. The facts are the gate's."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import Ladder
from bot.domain.incidents.set_severity import SetSeverity

ASK_BEFORE = timedelta(minutes=5)
"""So long before an acknowledgement expires its owner is asked whether it still holds."""

SAME_ACT = timedelta(minutes=1)
"""An acknowledgement that comes again within it is the same one, delivered twice."""


class ResponseState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    MITIGATED = "mitigated"
    """Somebody has stopped the harm; the data is not proved right yet."""
    RESOLVED = "resolved"
    EXHAUSTED = "exhausted"
    """Everybody was paged, and nobody has answered. It goes on."""


PAGING = frozenset({ResponseState.OPEN, ResponseState.EXHAUSTED})


@dataclass(frozen=True, kw_only=True)
class Response:
    """Times are aware UTC. `episode` counts how often the incident began; `severity` is the worst of this one, or what
    a person has said last (`set_severity`).

    `ladder` is the policy's as it was when the episode began, or the severity rose. `step` is the next one to take of
    cycle `cycle`, at `next_at`; None: nothing is due. `owner` is who has it, by name; `owned_until` is when the
    acknowledgement expires, `asked`: its owner was asked whether it still holds. `resolved_by` "": the data has proved
    it. `version` counts the stored changes; `shown` is the version that the incident's message says.
    """

    incident: str
    severity: Severity
    ladder: Ladder
    opened_at: datetime
    episode: int = 1
    state: ResponseState = ResponseState.OPEN
    cycle: int = 1
    step: int = 0
    next_at: datetime | None = None
    owner: str = ""
    owned_until: datetime | None = None
    asked: bool = False
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str = ""
    version: int = 0
    shown: int = 0
    set_severity: SetSeverity | None = None

    @property
    def dedup_key(self) -> str:
        return f"{self.incident}:{self.episode}"

    @property
    def pages(self) -> bool:
        """Is anybody still to be paged?"""
        return self.state in PAGING and self.next_at is not None


def opened(
    incident: str, severity: Severity, ladder: Ladder, now: datetime, before: Response | None = None
) -> Response:
    """A new episode; `before` is the last one."""
    response = Response(incident=incident, severity=severity, ladder=ladder, opened_at=now)
    if before is not None:
        response = replace(response, episode=before.episode + 1, version=before.version, shown=before.shown)
    return _from_first_step(response, now)


def reopened(response: Response, now: datetime) -> Response:
    """A person says that it is not over: a new episode, by the ladder that it had, as bad as they said."""
    again = opened(response.incident, response.severity, response.ladder, now, response)
    return replace(again, set_severity=response.set_severity)


def risen(response: Response, severity: Severity, ladder: Ladder, now: datetime) -> Response:
    """Its severity rose: whoever had it acknowledged something smaller, and paging begins at step 1. What a person has
    said of it before counts no longer.
    """
    worse = replace(response, severity=severity, ladder=ladder, cycle=response.cycle + 1, resolved_by="")
    return _from_first_step(replace(worse, set_severity=None), now)


def graded(response: Response, word: SetSeverity, ladder: Ladder, now: datetime) -> Response:
    """A person says how bad it is. Raised, it pages from step 1, whoever has it; lowered, whoever has it keeps it, and
    while nobody has, it pages by the smaller ladder from step 1.
    """
    if word.severity < response.severity:
        return replace(risen(response, word.severity, ladder, now), set_severity=word)
    smaller = replace(response, severity=word.severity, ladder=ladder, set_severity=word)
    if response.state not in PAGING or word.severity == response.severity:
        return smaller
    return _from_first_step(replace(smaller, cycle=response.cycle + 1), now)


def acknowledged(response: Response, owner: str, now: datetime) -> Response:
    """Nobody is paged while it holds. The first acknowledgement of an episode is the one that counts for MTTA."""
    until = now + response.ladder.acknowledged_for
    return replace(
        response,
        state=ResponseState.ACKNOWLEDGED,
        owner=owner,
        owned_until=until,
        next_at=asks_at(until, response.ladder),
        asked=False,
        acknowledged_at=response.acknowledged_at or now,
    )


def taken(response: Response, owner: str, now: datetime) -> Response:
    """Acknowledged or handed over. Where the harm has stopped, it stays so: only who has it changes, and nobody is
    asked or paged.
    """
    if response.state is ResponseState.MITIGATED:
        return replace(response, owner=owner)
    return acknowledged(response, owner, now)


def is_held_by(response: Response, who: str, now: datetime) -> bool:
    """Has that person acknowledged it just now, and nothing has happened since?"""
    held = response.state is ResponseState.ACKNOWLEDGED and response.owner == who and not response.asked
    until = response.owned_until
    return held and until is not None and now - (until - response.ladder.acknowledged_for) < SAME_ACT


def asks_at(until: datetime, ladder: Ladder) -> datetime:
    """When the owner is asked: five minutes before the end, and not in the first half."""
    return until - _question(ladder)


def _question(ladder: Ladder) -> timedelta:
    return min(ASK_BEFORE, ladder.acknowledged_for / 2)


def owner_asked(response: Response) -> Response:
    return replace(response, asked=True, next_at=response.owned_until)


def expired(response: Response, now: datetime) -> Response:
    """Nobody answered: paging begins again."""
    return _from_first_step(replace(response, cycle=response.cycle + 1), now)


def called_on(response: Response, now: datetime) -> Response:
    """More people are needed: the step that comes next is taken now, whoever has it; of a ladder that was taken whole,
    or of one whose first step somebody has answered, the second.
    """
    free = _from_first_step(replace(response, cycle=response.cycle + 1), now)
    steps = len(response.ladder.steps)
    step = response.step if 0 < response.step < steps else min(1, max(0, steps - 1))
    return replace(free, step=step, next_at=now if steps else None)


def mitigated(response: Response, by: str, now: datetime) -> Response:
    """Who says so has it, unless somebody has it already."""
    owned = replace(response, owner=response.owner or by)
    return replace(owned, state=ResponseState.MITIGATED, next_at=None, mitigated_at=response.mitigated_at or now)


def resolved(response: Response, now: datetime, by: str = "") -> Response:
    """By the data, or by a person."""
    at = response.resolved_at if response.state is ResponseState.RESOLVED else now
    return replace(response, state=ResponseState.RESOLVED, next_at=None, resolved_at=at, resolved_by=by)


def stepped(response: Response, now: datetime, *, at_once: bool) -> Response:
    """After a step was taken; `at_once`: it reached nobody, and the next is due now, unless it was to wake nobody. A
    late step moves the next ones: no two are taken together. Where a ladder wakes nobody, nothing follows its end.
    """
    after, steps = response.step + 1, response.ladder.steps
    if after == len(steps) and not response.ladder.wakes:
        return replace(response, step=after, next_at=None)
    at_once = at_once and steps[response.step].wakes
    return replace(response, step=after, next_at=now if at_once else now + _pause(response.ladder, after))


def exhausted(response: Response, now: datetime) -> Response:
    """Everybody was paged. With a `repeat` the ladder begins again then."""
    repeat = response.ladder.repeat
    again = replace(response, state=ResponseState.EXHAUSTED, cycle=response.cycle + 1, step=0)
    return replace(again, next_at=None if repeat is None else now + repeat)


def moved(response: Response, by: timedelta, now: datetime) -> Response:
    """The clock was set by so much, and is `now`: what is due in an hour stays due in an hour. Nothing is due later
    than if it began to wait now, so that no clock can hold a page back for long.
    """
    next_at, until = response.next_at, response.owned_until
    return replace(
        response,
        next_at=next_at and min(next_at + by, now + longest_wait(response)),
        owned_until=until and min(until + by, now + response.ladder.acknowledged_for),
    )


def longest_wait(response: Response) -> timedelta:
    """From one act to the next, which is `next_at`."""
    ladder, steps = response.ladder, response.ladder.steps
    if response.state not in PAGING:
        return _question(ladder) if response.asked else ladder.acknowledged_for - _question(ladder)
    if response.state is ResponseState.EXHAUSTED and response.step == 0:
        return ladder.repeat or timedelta()
    return _pause(ladder, response.step) if steps else timedelta()


def _pause(ladder: Ladder, step: int) -> timedelta:
    """Before step `step`, counted from 0; the one after the last is the exhaustion."""
    steps = ladder.steps
    if step == len(steps):
        return ladder.patience
    return steps[step].after - (steps[step - 1].after if step else timedelta())


def _from_first_step(response: Response, now: datetime) -> Response:
    """Nobody has it."""
    steps = response.ladder.steps
    first = now + _pause(response.ladder, 0) if steps else None
    free = replace(response, owner="", owned_until=None, asked=False)
    return replace(free, state=ResponseState.OPEN, step=0, next_at=first)
