"""A small platform to repair: a scraper feeds a gamebook, a summary is made from it, predictions from that."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.platform.registry import Kind, Processor, Registry
from bot.domain.platform.source_links import linked_by_source
from bot.domain.reprocessing.plan import Plan, Request, StepKey
from bot.domain.reprocessing.planning import Circumstances, StepFacts, plan
from bot.domain.verdicts.judge import Judged, Verdict

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
TODAY = NOW.date()
LAST = date(2026, 1, 14)
CHAIN = ("Scraper", "Gamebook", "Summary", "Predictions")
PLATFORM = linked_by_source(
    Registry(
        processors=(
            Processor(name="Predictions", dependencies=("Summary",), service="predict"),
            Processor(name="Summary", dependencies=("Gamebook",), service="analytics"),
            Processor(name="Gamebook", source="nba.com", service="raw"),
            Processor(name="Scraper", kind=Kind.SCRAPER, source="nba.com", service="scrapers"),
        )
    )
)


def day(back: int) -> date:
    """So many days before the last date with data."""
    return LAST - timedelta(days=back)


def asked(*names: str, dates: int = 1, **words: Any) -> Request:
    return Request(processors=names or ("Gamebook",), first=day(dates - 1), last=LAST, **words)


def facts_of(
    names: Sequence[str], dates: int, known: Mapping[tuple[str, date], StepFacts] | None = None
) -> dict[StepKey, StepFacts]:
    """All of them failed, but for what is `known`."""
    failed = StepFacts(judged=Judged(verdict=Verdict.PROCESSOR_FAILED, because="3 runs failed"), filled=False, rows=0)
    keys = [StepKey(name, day(back)) for name in names for back in range(dates)]
    return {key: (known or {}).get(key, failed) for key in keys}


def facts(verdict: Verdict, because: str = "so it is", **words: Any) -> StepFacts:
    return StepFacts(judged=Judged(verdict=verdict, because=because), **words)


def planned(
    request: Request | None = None,
    known: Mapping[tuple[str, date], StepFacts] | None = None,
    scope: Sequence[str] = (),
    plan_id: str = "P1",
    registry: Registry = PLATFORM,
    **around: Any,
) -> Plan:
    """Of a request, as it is planned at NOW."""
    request = request or asked()
    names = scope or request.processors
    found = facts_of(names, request.dates, known)
    return plan(plan_id, request, names, found, Circumstances(registry=registry, today=TODAY, **around), NOW)
