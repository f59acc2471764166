"""Every message and view that Fireline shows in Slack, by name, from small counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.dates import DateReader
from bot.domain.errors import BadInput
from bot.domain.evidence.freshness import DateFreshness
from bot.domain.evidence.runs import Category, DateState, FailedRun, Input, Status
from bot.domain.findings.severity import Severity
from bot.domain.health.model import DueDates, HealthReport, HealthRequest
from bot.domain.health.noise import FailedGroup
from bot.domain.health.notified import Notified, NotifiedSpan, Sent
from bot.domain.impact.report import Impact, ImpactRequest
from bot.domain.incidents.incident import MessageRef
from bot.domain.verdicts.validation import ValidationRequest
from bot.ports.warehouse import AskedQuery
from bot.views import choices, failure, health, help, impact, query, validate
from bot.views.blocks import Card
from handlers.replies import Busy
from tests.support import (
    deploy_cards,
    home_cards,
    impact_cases,
    incident_cards,
    notices,
    oncall_cards,
    practice_cards,
    repair_cards,
    report_cards,
    review_cards,
    runbook_cards,
    silence_cards,
    slo_cards,
    validations,
)
from tests.support.health_reports import AS_OF, NASTY, NASTY_REGISTRY, REGISTRY, failed, ran, report, took

BOX, GAMEBOOK, SCRAPER, SUMMARY = "NbacBoxscoreProcessor", "NbacGamebookProcessor", "NbacScraper", "TeamSummary"
WELL = (ran(SCRAPER, 400), ran(BOX, 300), ran(GAMEBOOK, 300), ran(SUMMARY, 70))
QUIET = failed(BOX, 12_731, Category.NO_DATA_AVAILABLE)
WEAK = (ran(GAMEBOOK, 80), failed(GAMEBOOK, 15, Category.PROCESSING_ERROR), failed(GAMEBOOK, 5, Category.UNKNOWN))
BROKEN = (ran(SUMMARY, 10), failed(SUMMARY, 30, Category.TIMEOUT), ran("Stranger", 3))
HOUR = timedelta(hours=1)
WORKSPACE = "https://acme.slack.com/"
ENDED = "the history ends 2026-01-20 17:30 UTC: answered as of its end"


def overviews() -> dict[str, HealthReport]:
    """By name; each answers plain /health."""
    now, usual = [took(None, 40, 95, phase=2)], [took(None, 30, 60, phase=2)]
    weak = report([*WELL, QUIET, *WEAK], before=[ran(GAMEBOOK, 900), ran(BOX, 900)], durations=now, usual=usual)
    return {
        "overview_green": report([*WELL, QUIET], due=[DueDates(BOX, 7, 7)]),
        "overview_yellow": weak,
        "overview_red": report([*WELL[:3], *WEAK, *BROKEN], due=[DueDates(SCRAPER, 7, 6), DueDates(BOX, 7, 0)]),
        "overview_grey": report(),
        "overview_incidents": _with_incidents(),
        "overview_empty_window": replace(report(request=HealthRequest(days=1)), warnings=(ENDED, "<&> and more")),
        "overview_nasty": report(
            [
                *(failed(name, 3, Category.PROCESSING_ERROR, NASTY_REGISTRY) for name in NASTY),
                ran("<!here> stranger", registry=NASTY_REGISTRY),
            ],
            registry=NASTY_REGISTRY,
        ),
    }


def _with_incidents() -> HealthReport:
    """A bad night: a P0 with its message, a P2 without, real failures in incidents and in none."""
    posted = notices.incident(announced_at=AS_OF - HOUR, first_seen=AS_OF - HOUR, message=MessageRef("C03", "171.25"))
    silent = notices.incident(
        "I2",
        severity=Severity.P2,
        processors=(SUMMARY,),
        impact=(),
        announced_at=AS_OF - HOUR,
        first_seen=AS_OF - HOUR,
    )
    told = Notified(
        (Sent(frozenset({GAMEBOOK}), 2, arrived=True), Sent(frozenset({SUMMARY}), 1, arrived=False)),
        (posted, silent),
        (NotifiedSpan(frozenset({GAMEBOOK}), AS_OF - HOUR, None),),
    )
    state = DateState(expected=True, filled=False, judged=True)
    error = FailedRun(Category.PROCESSING_ERROR, None, Input.UNTRACED)
    groups = [
        FailedGroup(GAMEBOOK, AS_OF.date(), AS_OF.replace(minute=0), error, state, None, 20),
        FailedGroup(BOX, AS_OF.date(), AS_OF.replace(minute=0), error, state, AS_OF, 2),
        FailedGroup(SUMMARY, AS_OF.date(), AS_OF.replace(minute=0), error, state, None, 1),
    ]
    week = [*WELL, QUIET, failed(GAMEBOOK, 20, Category.PROCESSING_ERROR), failed(BOX, 2, Category.PROCESSING_ERROR)]
    day = [ran(SCRAPER, 40), ran(BOX, 9), failed(GAMEBOOK, 20, Category.PROCESSING_ERROR), ran(SUMMARY, 9)]
    return report([*week, failed(SUMMARY, 1, Category.PROCESSING_ERROR)], day=day, told=told, failures=groups)


def phases() -> dict[str, tuple[HealthReport, HealthRequest]]:
    two = HealthRequest(phase=2, days=30)
    many = REGISTRY.model_copy(
        update={"processors": [REGISTRY.processors[1].model_copy(update={"name": f"P{n:02}"}) for n in range(14)]}
    )
    return {
        "phase": (report([*WELL, QUIET, *WEAK], two, durations=[took(None, 40, 95, phase=2)]), two),
        "phase_of_many": (report([ran(f"P{n:02}", n, registry=many) for n in range(14)], two, registry=many), two),
        "phase_nasty": (
            report([ran(name, 2, registry=NASTY_REGISTRY) for name in NASTY], two, registry=NASTY_REGISTRY),
            two,
        ),
    }


def processors() -> dict[str, tuple[HealthReport, HealthRequest]]:
    box, gamebook = HealthRequest(processor=BOX), HealthRequest(processor=GAMEBOOK, days=30)
    nasty = HealthRequest(processor=NASTY[0])
    healthy = [ran(BOX, 300), ran(BOX, 2, zero=True), QUIET, ran(BOX, 4, Status.SKIPPED)]
    return {
        "processor_healthy": (
            report(healthy, box, before=[ran(BOX, 900)], durations=[took(BOX, 12.3, 130)], usual=[took(BOX, 12, 125)]),
            box,
        ),
        "processor_failing": (
            report([*WEAK, failed(GAMEBOOK, 200, Category.TIMEOUT)], gamebook, due=[DueDates(GAMEBOOK, 30, 9)]),
            gamebook,
        ),
        "processor_never_ran": (report([], box, due=[DueDates(BOX, 1, 0)]), box),
        "processor_nasty": (
            report([failed(NASTY[0], 3, Category.TIMEOUT, NASTY_REGISTRY)], nasty, registry=NASTY_REGISTRY),
            nasty,
        ),
    }


def impacts() -> dict[str, Impact]:
    met = [impact_cases.freshness(name, filled=True) for name in impact_cases.names()]
    unknown = [DateFreshness(name) for name in impact_cases.names()]
    return {
        "impact": impact_cases.impact(),
        "impact_met": impact_cases.impact("NbacGamebookProcessor", *met),
        "impact_unknown": impact_cases.impact("NbacGamebookProcessor", *unknown),
        "impact_retired": impact_cases.impact(
            "NbacSummary", impact_cases.freshness("NbacOldExport", last_run=None), now=impact_cases.DUE
        ),
        "impact_nothing": impact_cases.impact("NbacPredictions"),
        "impact_of_200": impact_cases.impact("P00", processors=impact_cases.wide(200)),
        "impact_nasty": impact_cases.impact(NASTY[0], processors=impact_cases.nasty()),
    }


def questions_back() -> dict[str, Card]:
    """Questions back: a few names, many, and one name without a word of what about it."""
    few = [ImpactRequest(name, impact_cases.DAY) for name in ("NbacFeatures", "NbacSummary", "<!here>")]
    many = [HealthRequest(days=2, processor=f"Box{number:03}") for number in range(120)]
    verbs = (HealthRequest(processor="Box"), ImpactRequest("Box"), ValidationRequest(processor="Box"))
    return {
        "choose_few": choices.card("'nbac' is a part of 3 names. Which one?", few),
        "choose_of_many": choices.card("'box' is a part of 120 names. Which one?", many),
        "choose_what_about": choices.card("What about Box?", verbs),
    }


def failures() -> dict[str, Card]:
    def told(error: BadInput) -> Card:
        return failure.explained(str(error), retryable=error.retryable)

    return {
        "failure_bad_input": told(BadInput("There is no processor 'Bux'. Did you mean <Box> or A & B?")),
        "failure_busy": told(Busy("I am answering too many requests just now.")),
        "failure_nasty": told(BadInput(f"There is no processor {'<!channel>' * 900!r}.")),
        "failure_unexpected": failure.unexpected(),
        "failure_outdated": failure.outdated(),
        "failure_refused": failure.refused("chat.postMessage", "restricted_action_read_only_channel"),
        "failure_unconfirmed": failure.unconfirmed("chat.update", "no answer in time"),
        "failure_unknown_command": failure.unknown_command("/<!here>"),
        "failure_without_files": failure.without_files("unknown_method", "Trends of A &amp; B.", ["A & <B>: 97.5%"]),
    }


def messages() -> dict[str, dict[str, Any]]:
    """Arguments of chat.postMessage."""
    cards = {
        name: health.card(made, HealthRequest(days=made.window.days), WORKSPACE) for name, made in overviews().items()
    }
    cards |= {name: health.card(made, request) for name, (made, request) in {**phases(), **processors()}.items()}
    cards |= {name: impact.card(made) for name, made in impacts().items()}
    cards |= {name: validate.card(made) for name, made in validations.validations().items()}
    cards |= {"help": help.card(impact_cases.registry(), DateReader(impact_cases.NOW, impact_cases.registry().zone))}
    cards |= {
        **questions_back(),
        **failures(),
        **incident_cards.incidents(),
        **incident_cards.answers(),
        **deploy_cards.messages(),
        **deploy_cards.operations_shown(),
        **oncall_cards.messages(),
        **practice_cards.practices(),
        **repair_cards.messages(),
        **runbook_cards.messages(),
        **silence_cards.messages(),
        **report_cards.messages(),
        **review_cards.messages(),
        **slo_cards.messages(),
    }
    return {name: card.payload() for name, card in cards.items()}


def modals() -> dict[str, dict[str, Any]]:
    sql = "SELECT processor_name, COUNT(*) AS runs\nFROM `ops.runs`\nWHERE error LIKE '<%&%>'\nGROUP BY 1\n"
    long = "\n".join(f"  AND column_{n} = {n} -- {'x' * 60}" for n in range(100))
    return {
        "query": query.shown([AskedQuery("health_counts_live", sql), AskedQuery("health_due_live", sql + long)]),
        "query_loading": query.loading(),
        "query_failed": query.failed("The warehouse is held by <another> process & cannot be opened."),
        **incident_cards.modals(),
        **deploy_cards.modals(),
        **oncall_cards.modals(),
        **repair_cards.modals(),
    }


def homes() -> dict[str, dict[str, Any]]:
    return home_cards.homes(overviews())
