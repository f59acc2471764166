"""Who is on call, and why: the one answer that every surface gives."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.errors import BadInput, suggest
from bot.domain.oncall import turns
from bot.domain.oncall.schedule import Override, Rota, Schedule, Shift, Why

FAR = timedelta(days=100)
"""So far a turn is followed, back and ahead: one that lasts longer has no known end."""
STEP = timedelta(days=2)
"""How far is looked at first; then twice as far."""


@dataclass(frozen=True)
class _Turn:
    """Whose turn it is at an instant, and by what. It goes on though what is under an override changes."""

    person: str
    why: Why
    override: Override | None = None
    instead_of: str = field(default="", compare=False)


def on_call(schedule: Schedule, rota: str, instant: datetime) -> Shift:
    """The turn of a rota at an aware instant. Raises BadInput for a rota that is not there."""
    found = _rota(schedule, rota)
    now = _turn(schedule, found, instant)
    return _shift(found, now, _since(schedule, found, instant, now), _until(schedule, found, instant, now))


def everyone_on_call(schedule: Schedule, instant: datetime) -> list[Shift]:
    """The turn of each rota, in the order of the file."""
    return [on_call(schedule, rota.name, instant) for rota in schedule.rotas]


def shifts(schedule: Schedule, rota: str, since: datetime, until: datetime) -> Iterator[Shift]:
    """The turns of a rota from `since` to `until`, cut there, one after the other without a hole; a turn of nobody is
    one with `person` "".
    """
    found = _rota(schedule, rota)
    began, turn = since, _turn(schedule, found, since)
    for edge in _edges(schedule, found, since, until):
        following = _turn(schedule, found, edge)
        if following != turn and edge < until:
            yield _shift(found, turn, began, edge)
            began, turn = edge, following
    if began < until:
        yield _shift(found, turn, began, until)


def gaps(schedule: Schedule, rota: str, since: datetime, until: datetime) -> list[Shift]:
    """The turns of nobody."""
    return [shift for shift in shifts(schedule, rota, since, until) if not shift.person]


def _rota(schedule: Schedule, name: str) -> Rota:
    found = schedule.rota_by_name.get(name)
    if found is None:
        raise BadInput(f"There is no rota {name!r}. {suggest(name, schedule.rota_by_name)}".rstrip())
    return found


def _turn(schedule: Schedule, rota: Rota, instant: datetime) -> _Turn:
    turn = _own_turn(schedule, rota, instant)
    for each in schedule.overrides_of(rota.name):
        if each.holds(instant) and not each.cover:
            turn = _Turn(each.person, Why.OVERRIDE, each, _other(each.person, turn))
        elif each.holds(instant) and each.covers == turn.person:
            turn = _Turn(each.person, Why.COVER, each, each.covers)
    return turn


def _other(person: str, before: _Turn) -> str:
    """Who loses the turn to that person: nobody does to himself, whose turn may be prolonged."""
    return before.instead_of if before.person == person else before.person


def _own_turn(schedule: Schedule, rota: Rota, instant: datetime) -> _Turn:
    """Without the overrides of this rota."""
    if rota.follows:
        before = _before(schedule, schedule.rota_by_name[rota.follows], instant)
        if before:
            return _Turn(before, Why.FOLLOWS)
    for layer in rota.layers:
        if turns.covers(layer, instant):
            return _Turn(turns.person_at(layer, instant), Why.ROTATION)
    return _Turn(rota.fallback, Why.FALLBACK) if rota.fallback else _Turn("", Why.NOBODY)


def _before(schedule: Schedule, followed: Rota, instant: datetime) -> str:
    """Who had the turn of another rota before and does not have it now, so that second comes somebody else; "": nobody.

    The rotation is asked, not what was swapped: a week's swap is no reason to be called the week after.
    """
    has_it = _turn(schedule, followed, instant).person
    covering = [layer for layer in followed.layers if turns.covers(layer, instant)]
    for layer in covering or followed.layers:
        if turns.turn_number(layer, instant) >= 0:
            past = (turns.person_at(layer, instant, back) for back in range(1, len(layer.people)))
            return next((person for person in past if person != has_it), "")
    return ""


def _edges(schedule: Schedule, rota: Rota, since: datetime, until: datetime) -> list[datetime]:
    """The instants in (since, until] at which the answer may change, in order."""
    found = {
        edge for each in schedule.overrides_of(rota.name) for edge in (each.since, each.until) if since < edge <= until
    }
    for layer in rota.layers:
        found.update(turns.edges(layer, since, until))
    if rota.follows:
        found.update(_edges(schedule, schedule.rota_by_name[rota.follows], since, until))
    return sorted(found)


def _until(schedule: Schedule, rota: Rota, instant: datetime, turn: _Turn) -> datetime | None:
    end, step = instant + FAR, STEP
    while instant < end:
        ahead, step = instant + step, 2 * step
        for edge in _edges(schedule, rota, instant, ahead):
            if _turn(schedule, rota, edge) != turn:
                return edge
        instant = ahead
    return None


def _since(schedule: Schedule, rota: Rota, instant: datetime, turn: _Turn) -> datetime | None:
    """The last edge before which it was somebody else's turn."""
    end, latest, step = instant - FAR, instant, STEP
    began: datetime | None = None
    while latest > end:
        earlier, step = latest - step, 2 * step
        for edge in reversed(_edges(schedule, rota, earlier, latest)):
            if _turn(schedule, rota, edge) != turn:
                return began
            began = edge
        if _turn(schedule, rota, earlier) != turn:
            return began
        latest = earlier
    return None


def _shift(rota: Rota, turn: _Turn, since: datetime | None, until: datetime | None) -> Shift:
    shift = Shift(rota=rota.name, person=turn.person, why=turn.why, since=since, until=until)
    if turn.override is None:
        return shift
    return replace(shift, instead_of=turn.instead_of, detail=turn.override.reason)
