"""Who is on call, and requests to take somebody's turn."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from bot.domain.access import Actor, Identity, Role, without_slack
from bot.domain.dates import EARLIEST, LATEST, DateReader
from bot.domain.errors import BadInput
from bot.domain.oncall import covers, on_call
from bot.domain.oncall.covers import Cover, CoverState, Wanted
from bot.domain.oncall.overview import Overview, Turn
from bot.domain.oncall.schedule import Person, Schedule, Shift
from bot.domain.platform.calendar import local_instant
from bot.domain.redaction import redacted
from bot.ports.state import State, Transaction
from bot.services.access import check_role
from bot.services.required_state import required

log = logging.getLogger("fireline.oncall")
OPEN = (CoverState.ASKED, CoverState.ACCEPTED)
GAPS_AHEAD = timedelta(days=60)
REQUESTS = UUID("6f3ad2f4-5d0b-4c53-9b6e-2c6f9d0b7a11")
LOOK_BACK = timedelta(days=120)
"""Covers that ended longer ago are not asked for: turns are not followed further back."""


class OncallService:
    """`plan` is the schedule of oncall.yaml, without covers. `state` None: this process keeps none, and knows no cover.
    Who answers is told by the Slack id; `identify` asks who somebody is. `overrides`: the role that puts others on
    call.
    """

    def __init__(
        self,
        plan: Schedule,
        state: State | None,
        identify: Callable[[Actor], Identity] = without_slack,
        overrides: Role = Role.RESPONDER,
    ) -> None:
        self.plan, self._state = plan, state
        self._identify, self._overrides = identify, overrides

    def schedule(self, now: datetime) -> Schedule:
        """With the covers that were agreed. Raises StateUnavailable."""
        if self._state is None:
            return self.plan
        return covers.with_covers(self.plan, self._state.covers(now - LOOK_BACK))

    def overview(self, moment: datetime) -> Overview:
        """Whose turn it is at a moment, who comes next, what is open then. Raises BadInput where no rota is known."""
        schedule = self.schedule(moment)
        if not schedule.rotas:
            raise BadInput("There is no oncall.yaml: put one beside registry.yaml, `docs/how-to/on-call.md` has one.")
        known = [cover for cover in self.covers(moment) if covers.state_at(cover, moment) in OPEN]
        return Overview(moment, schedule, self.turns(moment), tuple(self.gaps(moment)), tuple(known))

    def turns(self, moment: datetime) -> tuple[Turn, ...]:
        """Whose turn it is in each rota, in the order of the file, and who comes next."""
        schedule = self.schedule(moment)
        return tuple(_with_next(schedule, shift) for shift in on_call.everyone_on_call(schedule, moment))

    def moment(self, text: str, now: datetime) -> datetime:
        """`2026-01-20 03:00`, by the clock of the schedule unless it has an offset; or the end of a day that has
        passed, `yesterday`; or this time of `tomorrow`. Raises BadInput.
        """
        if text.strip().casefold() == "tomorrow":
            wall = now.astimezone(self.plan.zone).replace(tzinfo=None)
            return local_instant(wall + timedelta(days=1), self.plan.zone)
        try:
            moment = datetime.fromisoformat(text.strip())
            moment = moment.astimezone(UTC) if moment.tzinfo else local_instant(moment, self.plan.zone)
        except (ValueError, OverflowError):
            reader, zone = DateReader(now, self.plan.zone), self.plan.zone.key
            if reader.is_date(text):
                return reader.moment(text)
            raise BadInput(
                f"{text!r} is not a moment. Write 2026-01-20 03:00, of {zone}, or yesterday, or tomorrow."
            ) from None
        if not EARLIEST.year <= moment.year <= LATEST.year:
            raise BadInput(f"{text!r} lies outside the years {EARLIEST.year} to {LATEST.year}.")
        return moment

    def turns_of(self, name: str, now: datetime) -> tuple[list[Shift], list[Shift]]:
        """Of one person: those of now, and the next one in each rota within 60 days, the soonest first; each whole."""
        schedule, going, following = self.schedule(now), list[Shift](), list[Shift]()
        for rota in (each.name for each in schedule.rotas):
            turns = on_call.shifts(schedule, rota, now, now + GAPS_AHEAD)
            starts = [now if turn.since is None else turn.since for turn in turns if turn.person == name]
            going += [on_call.on_call(schedule, rota, at) for at in starts[:1] if at <= now]
            following += [on_call.on_call(schedule, rota, at) for at in starts[:2] if at > now][:1]
        return going, sorted(following, key=lambda turn: turn.since or now)

    def ahead(self, rota: str, now: datetime, until: datetime) -> list[Shift]:
        """The turn of now and those that begin by `until`, each whole. Raises BadInput for a rota that is not there."""
        schedule = self.schedule(now)
        found = [on_call.on_call(schedule, rota, now)]
        while (end := found[-1].until) is not None and end <= until:
            found.append(on_call.on_call(schedule, rota, end))
        return found

    def gaps(self, now: datetime) -> list[Shift]:
        """The turns of nobody in the next 60 days, in order of time."""
        schedule, until = self.schedule(now), now + GAPS_AHEAD
        found = [gap for rota in schedule.rotas for gap in on_call.gaps(schedule, rota.name, now, until)]
        return sorted(found, key=lambda gap: (gap.since or now, gap.rota))

    def covers(self, now: datetime) -> list[Cover]:
        """Those whose time is not over, in order of their beginning."""
        return [] if self._state is None else self._state.covers(now)

    def cover(self, cover_id: str) -> Cover:
        found = self._required_state().cover(cover_id)
        if found is None:
            raise BadInput("This request is not known any more.")
        return found

    def person(self, slack: str) -> Person:
        """Raises BadInput for somebody who is not in oncall.yaml."""
        found = self.plan.person_of(slack)
        if found is None:
            raise BadInput(f"<@{slack}> is not among the people of oncall.yaml: add the Slack member id there first.")
        return found

    def named(self, name: str) -> Person:
        return self.plan.by_name[name]

    def ask(self, wanted: Wanted, asked_by: str, now: datetime) -> Cover:
        """Store a request. `asked_by` is a Slack id. Raises BadInput for one that makes no sense."""
        request, known = self._wanted(wanted, asked_by, now), self.covers(now)
        request = covers.asked(self.schedule(now), request)
        covers.refuse_repeat(self.plan, request, known)
        request = self._stored(request, known, f"You have asked {request.person} already.")
        log.info("%s asks %s to cover %s", request.asked_by, request.person, request.rota, extra={"cover": request.id})
        return request

    def put_on_call(self, wanted: Wanted, asked_by: str, now: datetime) -> tuple[Cover, list[str]]:
        """Store an override, and say whose turns it takes. Raises BadInput; NotAllowed for who may not put others on
        call: to take a turn oneself, a responder's role is enough.
        """
        override = self._wanted(wanted, asked_by, now)
        needs = Role.RESPONDER if override.person == override.asked_by else self._overrides
        check_role(self._identify, Actor(asked_by, override.asked_by), f"put {override.person} on call", needs)
        override, taken = covers.put_on_call(self.schedule(now), override)
        override = self._stored(override, self.covers(now), f"{override.person} was put on call already.")
        about = override.asked_by, override.person, override.rota
        log.info("%s puts %s on call as %s", *about, extra={"cover": override.id})
        return override, [name for name in dict.fromkeys(turn.person for turn in taken) if name]

    def concerned(self, cover: Cover, now: datetime) -> tuple[list[str], list[str]]:
        """Whom it concerns what a cover has just become, of those in oncall.yaml; and who has the turns of its time."""
        others = [each for each in self.covers(now - LOOK_BACK) if each.id != cover.id]
        names, has = covers.moved(self.plan, others, cover, now)
        return [name for name in names if name in self.plan.by_name], has

    def _stored(self, cover: Cover, known: Sequence[Cover], twice: str) -> Cover:
        """With its id. `twice`: what to say where it came at the same time once before."""
        made = replace(cover, id=_request_id(cover, known))
        with self._required_state().transaction() as tx:
            if not tx.covers.add(made):
                raise BadInput(twice)
        self._show_again(made)
        return made

    def _show_again(self, cover: Cover) -> None:
        """Cards say who is paged next. In a transaction of its own: a card may wait, who is on call not."""
        if cover.accepted_at is not None:
            with self._required_state().transaction() as tx:
                tx.responses.show_again()

    def _wanted(self, wanted: Wanted, asked_by: str, now: datetime) -> Cover:
        return Cover(
            id="",
            rota=wanted.rota,
            asked_by=self.person(asked_by).name,
            person=self.person(wanted.person).name,
            since=wanted.since,
            until=wanted.until,
            asked_at=now,
            reason=redacted(wanted.reason),
        )

    def accept(self, cover_id: str, slack: str, now: datetime) -> Cover:
        return self._answer(cover_id, slack, now, covers.accepted, self._free)

    def decline(self, cover_id: str, slack: str, now: datetime) -> Cover:
        return self._answer(cover_id, slack, now, covers.declined)

    def withdraw(self, cover_id: str, slack: str, now: datetime) -> Cover:
        return self._answer(cover_id, slack, now, covers.withdrawn)

    def _free(self, tx: Transaction, cover: Cover, now: datetime) -> None:
        """Two who accept at once: the second one reads what the first has done."""
        held = tx.covers.held(now - LOOK_BACK)
        covers.refuse_taken(covers.with_covers(self.plan, held), cover, now)

    def _answer(
        self,
        cover_id: str,
        slack: str,
        now: datetime,
        change: Callable[[Cover, str, datetime], Cover],
        check: Callable[[Transaction, Cover, datetime], None] = lambda _tx, _cover, _now: None,
    ) -> Cover:
        """Whoever comes second gets an error that says what it has become."""
        before = self.cover(cover_id)
        after = change(before, self.person(slack).name, now)
        with self._required_state().transaction() as tx:
            check(tx, before, now)
            done = tx.covers.change(before, after)
        if not done:
            current = self.cover(cover_id)
            raise BadInput(f"It is {covers.state_at(current, now)} already.")
        self._show_again(after)
        log.info("the cover of %s by %s is %s", after.rota, after.person, after.state, extra={"cover": after.id})
        return after

    def _required_state(self) -> State:
        return required(self._state)


def _with_next(schedule: Schedule, shift: Shift) -> Turn:
    return Turn(shift, None if shift.until is None else on_call.on_call(schedule, shift.rota, shift.until))


def _request_id(request: Cover, known: Sequence[Cover]) -> str:
    """The same for the same request until that is answered: it is stored once though it comes twice at once."""
    same = (request.rota, request.asked_by, request.person, request.until)
    before = sum((each.rota, each.asked_by, each.person, each.until) == same for each in known)
    return uuid5(REQUESTS, "|".join(map(str, (*same, before)))).hex
