"""A cover: somebody is asked to take a turn. Until the answer is yes, it stays with whoever has it. An override:
somebody is put on call without being asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.audit import Record, record
from bot.domain.errors import BadInput
from bot.domain.oncall.on_call import shifts
from bot.domain.oncall.schedule import Override, Schedule, Shift, Why

LONGEST = timedelta(days=31)
AHEAD = timedelta(days=366)


class CoverState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """The time that was to be covered is over, and nobody had answered."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A request as it was entered: `person` is a Slack id; times are aware."""

    rota: str
    person: str
    since: datetime
    until: datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Cover:
    """`asked_by` asks `person` to take the turn of a rota from `since` to before `until`. Times are aware UTC.

    `asked_by` and `person` are names of the schedule; `accepted_at` stays when it is withdrawn later; `ended_at` is
    when it was declined or withdrawn. `at_once`: an override, of which nobody was asked.
    """

    id: str
    rota: str
    asked_by: str
    person: str
    since: datetime
    until: datetime
    asked_at: datetime
    reason: str = ""
    state: CoverState = CoverState.ASKED
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    at_once: bool = False

    @property
    def override(self) -> Override | None:
        """What it changes of the schedule: from when it was accepted, to when it was withdrawn."""
        if self.accepted_at is None:
            return None
        since = max(self.since, self.accepted_at)
        until = self.until if self.ended_at is None else min(self.until, self.ended_at)
        if since >= until:
            return None
        made = Override(rota=self.rota, person=self.person, since=since, until=until, reason=self.reason)
        return made if self.at_once else replace(made, cover=self.id, covers=self.asked_by)


def asked(schedule: Schedule, cover: Cover) -> Cover:
    """The request as it may be made at its `asked_at`: from then on at the earliest, and from the first to the last of
    the turns that its `asked_by` has in that time.

    Raises BadInput: nobody or not enough people are named, or the time makes no sense.
    """
    cover = _of_time_to_come(schedule, cover)
    if cover.person == cover.asked_by:
        raise BadInput("Ask somebody else: you cannot cover for yourself.")
    turns = _turns(schedule, cover)
    own = [turn for turn in turns if turn.person == cover.asked_by]
    if not own:
        held = " and ".join(dict.fromkeys(turn.person or "nobody" for turn in turns))
        raise BadInput(f"{cover.asked_by} does not have that turn: {held} has. Whoever has it asks.")
    return replace(cover, since=own[0].since or cover.since, until=own[-1].until or cover.until)


def put_on_call(schedule: Schedule, cover: Cover) -> tuple[Cover, list[Shift]]:
    """`asked_by` puts `person` on call, whoever has the turn, from `asked_at` on at the earliest; and the turns taken.

    Raises BadInput: one of them is not in oncall.yaml, or the time makes no sense.
    """
    cover = _of_time_to_come(schedule, cover)
    taken = [turn for turn in _turns(schedule, cover) if turn.person != cover.person]
    return replace(cover, state=CoverState.ACCEPTED, accepted_at=cover.asked_at, at_once=True), taken


def _of_time_to_come(schedule: Schedule, cover: Cover) -> Cover:
    now = cover.asked_at
    for name in (cover.asked_by, cover.person):
        if name not in schedule.by_name:
            raise BadInput(f"{name or 'Whoever that is'} is not among the people of oncall.yaml.")
    if cover.until <= now:
        raise BadInput(f"That time is over since {_span(schedule, cover.until)}: give one to come.")
    if cover.since >= cover.until:
        span = _span(schedule, cover.since, cover.until)
        raise BadInput(f"It ends before it begins, {span}: give an end after its beginning.")
    if cover.until - cover.since > LONGEST:
        raise BadInput(f"It is for {LONGEST.days} days at most: change the rota in oncall.yaml instead.")
    if cover.since > now + AHEAD:
        raise BadInput("It begins within a year: what is further away stands in oncall.yaml.")
    return replace(cover, since=max(cover.since, now))


def _turns(schedule: Schedule, cover: Cover) -> list[Shift]:
    """Those of its time. Raises BadInput where all are that person's."""
    turns = list(shifts(schedule, cover.rota, cover.since, cover.until))
    if all(turn.person == cover.person for turn in turns):
        raise BadInput(f"{cover.person} has that turn already.")
    return turns


def refuse_repeat(schedule: Schedule, cover: Cover, known: Sequence[Cover]) -> None:
    """One request at a time to the same person for the same turn. Raises BadInput, which names the one that is open."""
    for each in known:
        same = (each.rota, each.asked_by, each.person) == (cover.rota, cover.asked_by, cover.person)
        is_open = state_at(each, cover.asked_at) is CoverState.ASKED
        if same and is_open and each.since < cover.until and cover.since < each.until:
            span = _span(schedule, each.since, each.until)
            raise BadInput(f"You have asked {each.person} already, {span}: wait for the answer, or withdraw it first.")


def refuse_taken(schedule: Schedule, cover: Cover, now: datetime) -> None:
    """`schedule` is with what others have agreed to. Raises BadInput where it is not the asker's turn any more, or one
    of them has a part of it: nobody gets or loses a turn without a word.
    """
    turns = list(shifts(schedule, cover.rota, max(cover.since, now), cover.until))
    taken = [turn for turn in turns if turn.why is Why.COVER and turn.instead_of == cover.asked_by]
    if taken:
        raise BadInput(
            f"{_held(schedule, taken)} already, as agreed. {cover.asked_by} has to ask you for what is left."
        )
    if all(turn.person != cover.asked_by for turn in turns):
        raise BadInput(f"{cover.asked_by} does not have that turn any more: {_held(schedule, turns)}.")


def _held(schedule: Schedule, turns: Sequence[Shift]) -> str:
    people = list(dict.fromkeys(turn.person or "nobody" for turn in turns))
    has = "has" if len(people) == 1 else "have"
    return f"{' and '.join(people)} {has} it {_span(schedule, turns[0].since, turns[-1].until)}"


def _span(schedule: Schedule, *ends: datetime | None) -> str:
    words = [f"{each.astimezone(schedule.zone):%d %b %H:%M}" for each in ends if each is not None]
    return f"{' to '.join(words)} ({schedule.zone.key})"


def accepted(cover: Cover, person: str, now: datetime) -> Cover:
    """Raises BadInput when it is not that person's to answer, or too late."""
    _refuse_answer(cover, person, now)
    return replace(cover, state=CoverState.ACCEPTED, accepted_at=now)


def declined(cover: Cover, person: str, now: datetime) -> Cover:
    """Raises BadInput when it is not that person's to answer, or too late."""
    _refuse_answer(cover, person, now)
    return replace(cover, state=CoverState.DECLINED, ended_at=now)


def withdrawn(cover: Cover, person: str, now: datetime) -> Cover:
    """By whoever asked, before the answer or after: then what is left of it goes back. Raises BadInput."""
    if person != cover.asked_by:
        raise BadInput(f"Only {cover.asked_by}, who {'set it' if cover.at_once else 'asked'}, can withdraw it.")
    state = state_at(cover, now)
    if state not in (CoverState.ASKED, CoverState.ACCEPTED):
        raise BadInput(f"It is {state} already.")
    if cover.until <= now:
        raise BadInput("It is over: there is nothing left to withdraw.")
    return replace(cover, state=CoverState.WITHDRAWN, ended_at=now)


def state_at(cover: Cover, now: datetime) -> CoverState:
    """A request whose time is over has expired."""
    is_late = cover.state is CoverState.ASKED and cover.until <= now
    return CoverState.EXPIRED if is_late else cover.state


def record_of(cover: Cover) -> Record:
    """Who has made it what it is."""
    answered = cover.state in (CoverState.ACCEPTED, CoverState.DECLINED) and not cover.at_once
    at = cover.ended_at or cover.accepted_at or cover.asked_at
    times = {"since": cover.since.isoformat(), "until": cover.until.isoformat()}
    body = {"rota": cover.rota, "asked_by": cover.asked_by, "person": cover.person, **times, "reason": cover.reason}
    actor = cover.person if answered else cover.asked_by
    act = "override" if cover.at_once else "cover"
    return record(at, actor, f"{act}_{cover.state}", f"cover:{cover.id}", body)


def with_covers(schedule: Schedule, covers: Iterable[Cover]) -> Schedule:
    """The schedule with what was agreed, in the order of the answers. Who has left it covers nothing."""
    known = (each for each in covers if each.person in schedule.by_name and each.rota in schedule.rota_by_name)
    agreed = [(each.accepted_at, each.id, override) for each in known if (override := each.override) is not None]
    ordered = tuple(override for _, _, override in sorted(agreed, key=lambda entry: entry[:2]))
    return replace(schedule, overrides=(*schedule.overrides, *ordered))


def moved(plan: Schedule, others: Sequence[Cover], cover: Cover, now: datetime) -> tuple[list[str], list[str]]:
    """Whom it concerns what a cover has just become: who asked, who was asked, and whose turns it gave or takes; and
    who has the turns of what is left of its time ("": nobody). `plan` is without covers, `others` are those beside it.
    """
    since, names = max(cover.since, now), [cover.asked_by, cover.person]
    if cover.accepted_at is None or since >= cover.until or cover.rota not in plan.rota_by_name:
        return names, []
    held, given, after = (
        list(shifts(with_covers(plan, [*others, *more]), cover.rota, since, cover.until))
        for more in ([replace(cover, ended_at=None)], [], [cover])
    )
    for at in sorted(turn.since for turn in (*held, *given) if turn.since is not None):
        both = _holder(held, at), _holder(given, at)
        names += both if both[0] != both[1] else ()
    return list(dict.fromkeys(names)), list(dict.fromkeys(turn.person for turn in after))


def _holder(turns: Sequence[Shift], at: datetime) -> str:
    return next(turn.person for turn in reversed(turns) if turn.since is not None and turn.since <= at)


def _refuse_answer(cover: Cover, person: str, now: datetime) -> None:
    if person != cover.person:
        raise BadInput(f"Only {cover.person}, who was asked, can answer.")
    state = state_at(cover, now)
    if state is not CoverState.ASKED:
        raise BadInput(f"It is {state} already.")
