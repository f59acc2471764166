"""Homes: of whoever is on call on a bad night, of a stranger where all is well, of names that are no markup, of 500
incidents, and of one for which nothing can be asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.escalation.readiness import Reach, Readiness
from bot.domain.findings.severity import Severity
from bot.domain.health.model import HealthReport
from bot.domain.incidents import response as responses
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import MessageRef
from bot.domain.incidents.standing import Coming, Overview, Standing
from bot.domain.oncall.schedule import Shift, Why
from bot.domain.reports.home import Home, Mine
from bot.domain.reports.paging import Call
from bot.services.oncall import OncallService
from bot.views import home
from tests.support import notices, repair_cards, silence_cards
from tests.support.builders import NOW
from tests.support.gate_story import finding
from tests.support.rotas import PLAN

HOUR, WORKSPACE = timedelta(hours=1), "https://acme.slack.com/"
NASTY = "<!channel> & *Ana* " + "\u202e" + "W" * 400
DOWN = "The warehouse is held by <another> process & cannot be opened."


def overview(number: int, severity: Severity, name: str = "NbacGamebookProcessor") -> Overview:
    headline = finding(name, explanation=f"{name} failed 3 times in a row for 2026-01-19, mostly with processing_error")
    incident = notices.incident(
        f"I{number}",
        number=number,
        severity=severity,
        headline=headline,
        announced_at=NOW - number * HOUR,
        message=MessageRef("C03", "17.125") if number == 42 else None,
    )
    opened = responses.opened(incident.id, severity, EscalationPolicy().of(severity), incident.announced_at)
    return Overview(incident, Standing(opened, (Coming(NOW + HOUR, ("Ben",)),)), ())


def mine() -> Mine:
    shift = Shift(rota="primary", person="Ana", why=Why.COVER, since=NOW - HOUR, until=NOW + 9 * HOUR, detail="wedding")
    following = replace(shift, rota="secondary", since=NOW + 9 * HOUR, until=NOW + 200 * HOUR, why=Why.ROTATION)
    calls = [Call("Ana", NOW - n * 7 * HOUR, 3, night=True, label=f"INC-{40 + n}") for n in range(7, 0, -1)]
    reach = [Readiness("Ana", Severity.P0, Reach.PARTLY, ("voice",)), Readiness("Ana", Severity.P1, Reach.READY)]
    return Mine("Ana", [shift], [following], calls, reach)


def homes(health: Mapping[str, HealthReport]) -> dict[str, dict[str, Any]]:
    turns = OncallService(PLAN, None).turns(NOW)
    night = Home(
        as_of=NOW,
        health=health["overview_red"],
        turns=turns,
        incidents=[overview(42, Severity.P0), overview(43, Severity.P1, "BdlPropsScraper"), overview(44, Severity.P1)],
        repairs=[repair_cards.under_way()],
        silences=[*silence_cards.STANDING, *silence_cards.PLANNED],
        pinned=["raw-42: traffic is pinned to raw-00041. `/deploys raw-42` releases it"],
    )
    quiet = Home(as_of=NOW, health=health["overview_green"], turns=(), incidents=[], repairs=[], silences=[], pinned=[])
    many = [overview(n, Severity(f"P{n // 200}"), NASTY if n % 2 else "Box") for n in range(1, 501)]
    why = dict.fromkeys(("health", "open incidents", "pinned traffic"), DOWN)
    nasty = replace(mine(), person=NASTY, reach=[Readiness(NASTY, Severity.P0, Reach.UNREACHABLE, (NASTY,))])
    return {
        "home_night": home.shown(night, mine(), WORKSPACE),
        "home_quiet": home.shown(quiet, Mine()),
        "home_stranger": home.shown(replace(quiet, turns=turns), Mine()),
        "home_no_turn": home.shown(replace(quiet, turns=turns), Mine("Eve", [], [], [], [])),
        "home_nasty": home.shown(replace(night, health=health["overview_nasty"], incidents=many), nasty),
        "home_unavailable": home.shown(
            Home(as_of=NOW, turns=turns, unavailable=why), Mine("Ana", None, None, None, None)
        ),
        "home_small": home.small(health["overview_nasty"]),
    }
