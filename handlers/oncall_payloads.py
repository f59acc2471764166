"""The form that asks for a cover, and a turn that is typed, read into what the service takes."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.lengths import length
from bot.domain.oncall.covers import Wanted
from bot.domain.oncall.schedule import Schedule
from bot.domain.oncall.whom import Whom, whom
from bot.views import oncall
from handlers.payloads import mapping

USAGE = "Write `primary @ben 2026-01-20 18:00 to 2026-01-21 09:00 dentist`, or `now 8h`."
_WHEN = r"now|tomorrow|\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})?)?"
_TURN = re.compile(
    rf"(?P<who>.+?)\s+(?:from\s+)?(?P<since>{_WHEN})\s+(?:to\s+|until\s+|for\s+)?(?:(?P<until>{_WHEN})|(?P<length>\d{{1,3}})(?P<unit>[hd]))"
    r"(?:\s+(?P<reason>.+))?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)


def turn(typed: str, schedule: Schedule, moment: Callable[[str], datetime], now: datetime) -> Wanted:
    """`[ROTA] @person FROM [to] UNTIL [REASON]`: the first rota, where none is named. `moment` reads a time by the
    clock of the schedule. Raises BadInput, with an example.
    """
    found = _TURN.fullmatch(typed.strip())
    if found is None:
        raise BadInput(f"{typed.strip()!r} does not say who, from when and until when. {USAGE}" if typed else USAGE)
    rota, person = _rota_and_person(schedule, found["who"])
    since, until = _when(found["since"], moment, now), found["until"]
    end = since + length(found["length"], found["unit"]) if until is None else _when(until, moment, now)
    return Wanted(
        rota=rota, person=person, since=since, until=end, reason=(found["reason"] or "")[: oncall.MOST_REASON]
    )


def _when(text: str, moment: Callable[[str], datetime], now: datetime) -> datetime:
    return now if text.casefold() == "now" else moment(text)


def _rota_and_person(schedule: Schedule, who: str) -> tuple[str, str]:
    """The rota, and the Slack id of the person."""
    first, _, rest = who.partition(" ")
    named = whom(schedule, first) if rest and first.casefold() in map(str.casefold, schedule.rota_by_name) else Whom()
    person = whom(schedule, rest if named.rota else who).person
    if not person or not schedule.rotas:
        raise BadInput(f"{who!r} names no person of oncall.yaml. {USAGE}")
    slack = schedule.by_name[person].slack
    if not slack:
        raise BadInput(f"{person} has no Slack member id in oncall.yaml: add it there first.")
    return named.rota or schedule.rotas[0].name, slack


def cover(view: Mapping[str, Any]) -> Wanted:
    """What was entered. Raises BadInput for a field that is empty or makes no sense."""
    values = mapping(mapping(view.get("state")).get("values"))
    return Wanted(
        rota=_text(mapping(_entered(values, oncall.ROTA).get("selected_option")).get("value"), "a rota"),
        person=_text(_entered(values, oncall.PERSON).get("selected_user"), "who covers"),
        since=_moment(_entered(values, oncall.SINCE).get("selected_date_time"), "a beginning"),
        until=_moment(_entered(values, oncall.UNTIL).get("selected_date_time"), "an end"),
        reason=str(_entered(values, oncall.REASON).get("value") or "")[: oncall.MOST_REASON],
    )


def _entered(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return mapping(mapping(values.get(name)).get(name))


def _text(value: object, wanted: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadInput(f"Choose {wanted}.")
    return value


def _moment(value: object, wanted: str) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(f"Choose {wanted}.")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        raise BadInput(f"Choose {wanted} that is a time.") from None
