"""Health reports from a handful of counts, assessed as in production."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.domain.evidence.runs import Category, DateState, Input, Status
from bot.domain.health.missing import STANDARD, LossRules, MissingDate
from bot.domain.health.model import DueDates, Durations, HealthReason, HealthReport, HealthRequest, RunCount, Window
from bot.domain.health.noise import FailedGroup
from bot.domain.health.notified import Notified
from bot.domain.health.report import Measured, Period, Scope, assess
from bot.domain.platform.registry import Registry

AS_OF = datetime(2026, 1, 20, 17, 30, tzinfo=UTC)
TARGETS = {1: 0.98, 2: 0.95, 3: 0.9}
REGISTRY = Registry.model_validate(
    {
        "processors": [
            {"name": "NbacScraper", "kind": "scraper", "phase": 1},
            {"name": "NbacBoxscoreProcessor", "phase": 2},
            {"name": "NbacGamebookProcessor", "phase": 2},
            {"name": "TeamSummary", "phase": 3},
        ]
    }
)
NASTY = (
    "<!channel> & <@U01ALEX>",
    "<https://evil.example|click>",
    "https://evil.example/a?b=1&c=2",
    "<!date^1^{date}|now> <#C02MONITOR>",
    "\u202egnp.exe\u2066 zero\u200bwidth",
    "&" * 120,
)
NASTY_REGISTRY = Registry.model_validate({"processors": [{"name": name, "phase": 2} for name in NASTY]})


def ran(
    processor: str,
    runs: int = 1,
    status: Status = Status.SUCCESS,
    *,
    why: Category | None = None,
    zero: bool = False,
    registry: Registry = REGISTRY,
) -> RunCount:
    """`runs` runs that look alike, on dates with data due and there."""
    known = registry.by_name.get(processor)
    phase = None if known is None else known.phase
    state = DateState(expected=True, filled=True, judged=True)
    return RunCount(processor, phase, status, why, None, Input.UNTRACED, zero, state, runs)


def failed(processor: str, runs: int, why: Category, registry: Registry = REGISTRY) -> RunCount:
    return ran(processor, runs, Status.FAILED, why=why, registry=registry)


def took(processor: str | None, p50: float, p95: float, phase: int | None = None) -> Durations:
    return Durations(processor, phase, p50, p95, 2 * p95)


def report(
    counts: Sequence[RunCount] = (),
    request: HealthRequest | None = None,
    *,
    before: Sequence[RunCount] = (),
    durations: Sequence[Durations] = (),
    usual: Sequence[Durations] = (),
    due: Sequence[DueDates] = (),
    registry: Registry = REGISTRY,
    day: Sequence[RunCount] | None = None,
    day_due: Sequence[DueDates] = (),
    failures: Sequence[FailedGroup] = (),
    told: Notified | None = None,
    unsure: Sequence[HealthReason] = (),
    missing: Sequence[MissingDate] = (),
    losses: LossRules = STANDARD,
    budgets: Sequence[HealthReason] = (),
) -> HealthReport:
    """As the service assesses it, as of AS_OF. `before` and `usual` are the 30 days before the window, `day` is its
    last day.
    """
    asked = request or HealthRequest()
    processor = registry.get(asked.processor) if asked.processor is not None else None
    last = None if day is None else Period(day, ())
    before_it = Period(before, usual)
    measured = Measured(
        Period(counts, durations), before_it, due, failures, (), last, day_due, missing, budgets=budgets
    )
    scope = Scope(registry, asked.phase, processor)
    return assess(measured, scope, TARGETS, Window.live(AS_OF, asked.days), told, unsure, losses)
