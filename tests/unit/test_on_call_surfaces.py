"""One truth: at a thousand instants the card, Home, the terminal, the calendar and the pager name the same person."""

import json
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from icalendar import Calendar

from bot.cli.oncall import Act, OncallQuestion, answer_oncall
from bot.cli.oncall_table import overview_json
from bot.domain.escalation.coming import unfilled
from bot.domain.escalation.simulation import simulated
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import Ladder, Step
from bot.domain.incidents.response import opened
from bot.domain.incidents.standing import Coming, Standing
from bot.domain.oncall import covers
from bot.domain.oncall.covers import Cover
from bot.domain.oncall.on_call import on_call
from bot.domain.oncall.overview import Overview
from bot.domain.oncall.schedule import Override, Rota
from bot.ports.fakes.state import FakeState
from bot.services.oncall import OncallService
from bot.services.responses import ResponseService
from bot.views import oncall
from bot.views.incident import SLACK
from bot.views.response_words import line
from tests.support.rotas import PLAN, WEEKLY, eastern

BEGIN, DAYS = eastern(2026, 2, 20), 120
"""Through a change of the clocks, a swap, a cover, and hours without anybody."""
NIGHTS = replace(WEEKLY, people=("Chris", "Ana"), from_hour=22.0, to_hour=30.0, every_days=3)
SWAP = Override(rota="primary", person="Dana", since=BEGIN + timedelta(days=9), until=BEGIN + timedelta(days=10))
LADDER = Ladder((Step(timedelta(), ("primary",), ("pager",)),))
RESPONSE = opened("I1", Severity.P0, LADDER, BEGIN)


def decoded(event: Any, name: str) -> Any:
    return event[name].dt


def staffed() -> OncallService:
    office = replace(WEEKLY, weekdays=frozenset(range(6)))
    plan = replace(PLAN, rotas=(Rota(name="primary", layers=(NIGHTS, office)),), overrides=(SWAP,))
    state, since = FakeState(), BEGIN + timedelta(days=30)
    asker = on_call(plan, "primary", since).person
    cover = Cover(
        id="c1",
        rota="primary",
        asked_by=asker,
        person="Dana",
        since=since,
        until=since + timedelta(days=2),
        asked_at=BEGIN,
    )
    with state.transaction() as tx:
        tx.covers.add(covers.accepted(covers.asked(plan, cover), "Dana", BEGIN))
    return OncallService(plan, state)


def test_all_surfaces_name_the_same_person() -> None:
    service = staffed()
    schedule, random = service.schedule(BEGIN), Random(7)
    written = answer_oncall(service, OncallQuestion(Act.CALENDAR, rota="primary", days=DAYS + 1), BEGIN)
    turns: list[tuple[Any, Any, str]] = [
        (decoded(event, "DTSTART"), decoded(event, "DTEND"), str(event["SUMMARY"]).partition(":")[0])
        for event in Calendar.from_ical(written).walk("VEVENT")
    ]
    seen = set()
    for _ in range(1_000):
        moment = BEGIN + timedelta(minutes=random.randrange(DAYS * 24 * 60))
        person = on_call(schedule, "primary", moment).person
        seen.add(person)
        overview = Overview(moment, schedule, service.turns(moment), (), ())
        said = json.loads(overview_json(overview))
        paged = simulated(Severity.P0, LADDER, schedule, lambda _channel, each: each.name, moment)[0]
        named = {
            "terminal": said["on_call"][0]["person"] or "",
            "card": oncall.card(overview).text.splitlines()[1].split()[1].strip("."),
            "home": oncall.line(overview.turns).removeprefix("On call: ").split()[0],
            "pager": next((name for name, _ in paged.ways), ""),
            "calendar": next((name for since, until, name in turns if since <= moment < until), ""),
        }
        assert unfilled(RESPONSE, schedule, moment) == (() if person else ("primary",))
        wanted = dict.fromkeys(named, person) | ({"card": "nobody", "home": "nobody"} if not person else {})
        assert named == wanted, moment
    assert seen == {"Ana", "Ben", "Chris", "Dana", ""}
    assert ResponseService(None, service.schedule).who("U04PRIYA", BEGIN).name == "Dana"


def test_a_card_says_that_nobody_has_a_turn() -> None:
    empty = Standing(RESPONSE, (Coming(BEGIN, ()),), unfilled=("primary", "<manager>"))
    assert line(empty, BEGIN, SLACK) == "Next: the team is told now; nobody is primary or &lt;manager&gt;"
