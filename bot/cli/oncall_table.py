"""Who is on call, as a table that a person reads in a terminal, and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from bot.cli.tables import NONE, Column, listing
from bot.domain.escalation.readiness import Reach, Readiness
from bot.domain.oncall.overview import Overview, Turn
from bot.domain.oncall.schedule import Shift
from bot.views import oncall_words
from bot.views.practice import not_by


def print_overview(found: Overview, console: Console) -> None:
    zone = found.schedule.zone
    console.print(Text.assemble(("On call", "bold"), (f"  {oncall_words.wall(found.at, zone)}", "dim")))
    console.print()
    columns = (
        Column[Turn]("rota", lambda turn: Text(turn.shift.rota)),
        Column[Turn]("person", lambda turn: _person(turn.shift)),
        Column[Turn]("until", lambda turn: Text(_wall(turn.shift.until, zone))),
        Column[Turn]("then", lambda turn: Text(_following(turn)), spare=1),
        Column[Turn]("why", lambda turn: Text(oncall_words.why(turn.shift) or turn.shift.why), sentence=True),
    )
    console.print(listing(columns, found.turns, console))
    for gap in found.gaps:
        console.print(Text(f"! {oncall_words.gap(gap, zone, found.at)}.", style="yellow"))
    for cover in found.covers:
        span = f"{oncall_words.wall(cover.since, zone)} to {oncall_words.wall(cover.until, zone)}"
        console.print(Text(f"{oncall_words.request(cover)}, {span}: {oncall_words.state(cover, found.at)}."))


def print_shifts(shifts: Sequence[Shift], zone: ZoneInfo, console: Console) -> None:
    columns = (
        Column[Shift]("rota", lambda shift: Text(shift.rota)),
        Column[Shift]("person", _person),
        Column[Shift]("from", lambda shift: Text(_wall(shift.since, zone))),
        Column[Shift]("until", lambda shift: Text(_wall(shift.until, zone))),
        Column[Shift]("why", lambda shift: Text(oncall_words.why(shift) or shift.why), sentence=True),
    )
    console.print(listing(columns, shifts, console))


def print_readiness(found: Sequence[Readiness], console: Console) -> None:
    columns = (
        Column[Readiness]("person", lambda each: Text(each.person)),
        Column[Readiness]("severity", lambda each: Text(each.severity)),
        Column[Readiness]("reach", lambda each: Text(each.reach, style=STYLES[each.reach])),
        Column[Readiness]("not by", lambda each: Text(", ".join(not_by(each)) or NONE)),
    )
    console.print(listing(columns, found, console) if found else Text("Nobody is to be paged."))


STYLES = {Reach.READY: "green", Reach.PARTLY: "yellow", Reach.UNREACHABLE: "red"}


def readiness_json(found: Sequence[Readiness]) -> str:
    said = [{**asdict(each), "missing": list(each.missing)} for each in found]
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def overview_json(found: Overview) -> str:
    said = {
        "at": found.at.isoformat(),
        "on_call": [
            {**shift_json(turn.shift), "then": turn.following.person or None if turn.following else None}
            for turn in found.turns
        ],
        "gaps": [shift_json(gap) for gap in found.gaps],
        "covers": [
            {
                "id": cover.id,
                "rota": cover.rota,
                "asked_by": cover.asked_by,
                "person": cover.person,
                "since": cover.since.isoformat(),
                "until": cover.until.isoformat(),
                "state": oncall_words.state(cover, found.at),
            }
            for cover in found.covers
        ],
    }
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def shifts_json(shifts: Sequence[Shift]) -> str:
    return json.dumps([shift_json(shift) for shift in shifts], indent=2, ensure_ascii=False) + "\n"


def shift_json(shift: Shift) -> dict[str, Any]:
    return {
        "rota": shift.rota,
        "person": shift.person or None,
        "why": shift.why,
        "instead_of": shift.instead_of or None,
        "since": None if shift.since is None else shift.since.isoformat(),
        "until": None if shift.until is None else shift.until.isoformat(),
    }


def _person(shift: Shift) -> Text:
    return Text(shift.person or oncall_words.NOBODY, style="" if shift.person else "red")


def _following(turn: Turn) -> str:
    return NONE if turn.following is None else turn.following.person or oncall_words.NOBODY


def _wall(moment: datetime | None, zone: ZoneInfo) -> str:
    return NONE if moment is None else oncall_words.wall(moment, zone)
