"""Messages and the form about who is on call."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.oncall import covers
from bot.domain.oncall.covers import Cover
from bot.domain.oncall.schedule import Override, Rota
from bot.ports.fakes.state import FakeState
from bot.services.oncall import OncallService
from bot.views import oncall
from bot.views.blocks import Card
from tests.support.builders import NOW
from tests.support.rotas import PLAN, WEEKLY

COVER = Cover(
    id="c1",
    rota="primary",
    asked_by="Chris",
    person="Ben",
    since=NOW + timedelta(hours=2),
    until=NOW + timedelta(hours=26),
    asked_at=NOW,
    reason="dentist <!channel> & *more*",
)
PUT = replace(COVER, asked_by="Dana", at_once=True)
WEEKDAYS = replace(WEEKLY, weekdays=frozenset(range(5)), from_hour=8.0, to_hour=20.0)


def messages() -> dict[str, Card]:
    state = FakeState()
    with state.transaction() as tx:
        tx.covers.add(covers.accepted(COVER, "Ben", NOW))
    swapped = Override(rota="primary", person="Dana", since=NOW, until=NOW + timedelta(hours=2), reason="<ill>")
    gappy = replace(PLAN, rotas=(Rota(name="primary", layers=(WEEKDAYS,)), *PLAN.rotas[1:]))
    people = [PLAN.by_name["Chris"], PLAN.by_name["Ben"]]
    return {
        "oncall": oncall.card(OncallService(PLAN, None).overview(NOW)),
        "oncall_swapped": oncall.card(OncallService(replace(PLAN, overrides=(swapped,)), state).overview(NOW)),
        "oncall_gaps": oncall.card(OncallService(gappy, None).overview(NOW)),
        "oncall_put": oncall.put(PUT, ["Chris"], people),
        "oncall_put_by": oncall.put_by(PUT, ["Chris"], people, ["Ben"]),
        "oncall_request": oncall.request(COVER, people, PLAN, NOW),
        "oncall_asked": oncall.asked(COVER, PLAN, ""),
        "oncall_not_reached": oncall.asked(COVER, PLAN, "user_disabled"),
        "oncall_accepted": oncall.outcome(covers.accepted(COVER, "Ben", NOW), PLAN, NOW),
        "oncall_expired": oncall.outcome(COVER, PLAN, COVER.until),
    }


def modals() -> dict[str, dict[str, Any]]:
    return {"oncall_form": oncall.form(PLAN, NOW)}
