"""Digests: a bad night, one whose warehouse is down, a late one, and one on which all is well."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.evidence.freshness import DateFreshness
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.gate.noise_ledger import LedgerEntry, NoiseLedger, noise_ledger
from bot.domain.health.model import DueDates, HealthReport, HealthRequest
from bot.domain.impact.deadlines import Basis, Forecast, Pace
from bot.domain.impact.readiness import readiness
from bot.domain.impact.report import FreshnessFacts
from bot.domain.incidents import response as responses
from bot.domain.incidents.decisions import Reason
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.standing import Coming, Overview, Standing
from bot.domain.oncall.overview import Turn
from bot.domain.oncall.schedule import Shift, Why
from bot.domain.platform.registry import Registry
from bot.domain.reports.daily import DailyReport, OnDuty, Summary
from bot.services.oncall import OncallService
from bot.views import daily_report
from bot.views.blocks import Card
from tests.support import notices, silence_cards
from tests.support.health_reports import AS_OF, report
from tests.support.rotas import NEW_YORK, PLAN

MORNING = AS_OF.replace(hour=12, minute=0)
"""07:00 in New York."""
TODAY = date(2026, 1, 20)
TONIGHT = Registry.model_validate(
    {
        "timezone": "America/New_York",
        "processors": [
            {"name": "NbacGamebookProcessor", "phase": 2, "schedule_hours_et": [6]},
            {"name": "PlayerGameSummary", "dependencies": ["NbacGamebookProcessor"], "schedule_hours_et": [9]},
            {
                "name": "PredictionCoordinator",
                "dependencies": ["PlayerGameSummary"],
                "schedule_hours_et": [16],
                "sla_completion_time": "17:00",
            },
        ],
    }
)


def digest() -> DailyReport:
    """A P0 that nobody has, a late step, two findings kept quiet."""
    incident = notices.incident(number=42, announced_at=MORNING - timedelta(hours=3))
    first = responses.opened("I1", incident.severity, EscalationPolicy().of(incident.severity), incident.announced_at)
    nobody = Overview(incident, Standing(first, (Coming(MORNING, ("Ben",)),)), ())
    states = {
        name: DateFreshness(name, expected=True, settled_at=MORNING - timedelta(minutes=40), filled=False)
        for name in TONIGHT.by_name
    }
    known = FreshnessFacts(states, lambda _: Pace(900.0, Basis.OWN), None)
    due = {"PredictionCoordinator": MORNING.replace(hour=22)}
    tonight = readiness(TONIGHT, Forecast(TONIGHT).needs, TODAY, due, known, MORNING)
    overview = OncallService(PLAN, None).overview(MORNING)
    week, day = _health(7), _health(1)
    return DailyReport(
        day=TODAY,
        as_of=MORNING,
        zone=NEW_YORK,
        health=week,
        last_day=day,
        days=tuple(TODAY - timedelta(days=back) for back in range(6, -1, -1)),
        success={"phase 1": [1, 1, 1, 1, 1, 1, 1], "phase 2": [0.97, 0.99, None, 0.4, 0.75, 0.9, 1]},
        tonight=() if tonight is None else (tonight,),
        incidents=(nobody,),
        duty=OnDuty(overview.turns[:2], overview.gaps),
        silences=(silence_cards.SILENCE,),
        ledger=ended(3 * [Reason.NEW] + 5 * [Reason.DOWNSTREAM] + 2 * [Reason.SILENCED] + [Reason.OVER]),
        before=Summary(TODAY - timedelta(days=1), week.overall, ("INC-40",), 1, 9),
    )


def ended(reasons: Sequence[Reason]) -> NoiseLedger:
    """Findings of the last day that ended so."""
    since = MORNING - timedelta(days=1)
    entries = (
        LedgerEntry(
            fingerprint=f"Box{number}:outcome",
            found_at=since,
            at=since,
            reason=reason,
            root=f"Box{number}",
            kind=FindingKind.MISSING_RUN,
            severity=Severity.P2,
        )
        for number, reason in enumerate(reasons)
    )
    return noise_ledger(entries, since, MORNING)


def _health(days: int) -> HealthReport:
    from tests.support.slack_cards import BOX, BROKEN, QUIET, SCRAPER, WEAK, WELL

    due = [DueDates(SCRAPER, days, days - 1), DueDates(BOX, days, 0)]
    return report([*WELL[:3], QUIET, *WEAK, *BROKEN], HealthRequest(days=days), due=due)


def messages() -> dict[str, Card]:
    whole = digest()
    gap = Shift(rota="primary", person="", since=MORNING + timedelta(hours=2), until=None, why=Why.NOBODY)
    assert whole.duty is not None
    alone = replace(whole, duty=OnDuty((Turn(gap, None),), (gap,)), incidents=(), late=timedelta(minutes=40))
    down = dict.fromkeys(("health", "the trend", "deadlines"), "BigQuery does not answer <!channel>.")
    blind = replace(whole, health=None, last_day=None, tonight=None, success={}, days=(), unavailable=down, later=True)
    return {
        "digest_red": daily_report.card(whole),
        "digest_late_gap": daily_report.card(alone),
        "digest_unavailable": daily_report.card(blind),
        "digest_clear": daily_report.card(clear()),
    }


def clear() -> DailyReport:
    from tests.support.slack_cards import QUIET, WELL

    well = report([*WELL, QUIET])
    quiet = replace(digest(), health=well, last_day=well, tonight=(), incidents=(), silences=(), ledger=ended([]))
    assert quiet.all_clear
    return quiet
