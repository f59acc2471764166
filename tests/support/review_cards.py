"""Weekly reports, monthly reviews and watches: a bad week, one that could not be asked, fixes that helped or not."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.findings.finding import Family, FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.gate.folded import Folded
from bot.domain.gate.noise_ledger import LedgerEntry
from bot.domain.health.model import Durations, Tally
from bot.domain.incidents.decisions import Reason
from bot.domain.incidents.figures import Figures, Spread
from bot.domain.platform.registry import Registry
from bot.domain.reports.cost import STANDARD, Cost, RunTimes, Use, cost_of
from bot.domain.reports.monthly import Capacity, Growth, MonthlyReport, MonthSummary, Precision
from bot.domain.reports.noisiest import Change, Noisy, Proposal
from bot.domain.reports.objectives import Counts
from bot.domain.reports.paging import Call, OwnLine, Paging
from bot.domain.reports.watch import Side, Watch, Watched, WatchedDay
from bot.domain.reports.weekly import Hid, Untried, WeeklyReport, WeekSummary
from bot.views import monthly_report, watch, weekly_report
from bot.views.blocks import Card
from tests.support import notices, report_cards, silence_cards, slo_cards
from tests.support.rotas import NEW_YORK, eastern
from tests.support.runbook_texts import runbook

SUNDAY = eastern(2026, 1, 18, 8)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BOX, GAMEBOOK = "BdlBoxscoresProcessor", "NbacGamebookProcessor"


def _figures() -> tuple[Figures, ...]:
    seen, taken = Spread(2, 4 * MINUTE, 9 * MINUTE), Spread(2, 3 * MINUTE, 5 * MINUTE)
    mended = Spread(2, 42 * MINUTE, 130 * MINUTE)
    of_p1 = Spread(5, 6 * MINUTE, 31 * MINUTE), Spread(4, 12 * MINUTE, 50 * MINUTE), Spread(0, None, None)
    return Figures(Severity.P0, 2, seen, taken, mended), Figures(Severity.P1, 5, *of_p1)


def _cost() -> Cost:
    times = [
        RunTimes(GAMEBOOK, Use.TIMED_OUT, 31, 31, 18_600.0, 31),
        RunTimes(GAMEBOOK, Use.REPEATED, 12, 12, 3_400.0, 12),
        RunTimes("<!here> & Co", Use.UNENDED, 2, 1, 900.0, 2),
        RunTimes(BOX, Use.OTHER, 2_400, 2_400, 158_400.0, 2_400),
    ]
    return cost_of(times, Registry.model_validate({"processors": [{"name": GAMEBOOK}]}), STANDARD)


def _hidden(kind: FindingKind, severity: Severity) -> LedgerEntry:
    at, why = SUNDAY - DAY, Reason.SILENCED
    return LedgerEntry(fingerprint=kind, found_at=at, at=at, reason=why, root=GAMEBOOK, kind=kind, severity=severity)


def storm(findings: int = 40, minutes: float = 1.5, told_before: int = 3) -> Folded:
    """A finding every so many minutes, told of at its beginning and half an hour later."""
    began = SUNDAY - DAY
    came = tuple(began + at * minutes * MINUTE for at in range(findings))
    incident = notices.incident(number=51, family=Family.STORM, announced_at=began)
    return Folded(incident, came, (began, began + 30 * MINUTE), told_before)


def weekly() -> WeeklyReport:
    """Twelve pages, four at night, one of somebody who left; a kind that a longer grace would mostly spare."""
    at = [(0, 3, "Ana"), (0, 3, "Ben"), (1, 4, "Ana"), (2, 23, "Ana"), (2, 9, "Max"), (3, 9, "Ana"), (3, 10, "Ben")]
    calls = tuple(
        Call(who, SUNDAY - 6 * DAY + day * DAY, hour, hour < 7 or hour > 21, left=who == "Max") for day, hour, who in at
    )
    noisy = (
        Noisy(
            BOX,
            FindingKind.MISSING_RUN,
            9,
            Proposal(Change.GRACE, 12, 10, by=timedelta(hours=1), real=("INC-40",), p0=1),
        ),
        Noisy(
            GAMEBOOK,
            FindingKind.TIMEOUT,
            4,
            Proposal(Change.TIMEOUT, 6, why="p99 of its runs is 588 s, its limit 600 s"),
        ),
        Noisy("EspnBoxscoreProcessor", FindingKind.REPEATED_FAILURE, 3, Proposal(Change.SILENCE, 7, 7)),
        Noisy("whole fleet", FindingKind.PHASE_DOWN, 2, Proposal(Change.NONE, 2, why="it is of no one processor")),
        Noisy(
            "<!here> & Co",
            FindingKind.STALE_TABLE,
            1,
            Proposal(Change.SPORADIC, 3, 3, why="2 of 14 dates have data"),
        ),
    )
    levels = slo_cards.report()
    worse = replace(levels.phases[0], target=0.99)
    levels = replace(levels, phases=(worse, *levels.phases[1:]))
    return WeeklyReport(
        day=date(2026, 1, 18),
        as_of=SUNDAY,
        zone=NEW_YORK,
        watched_since=SUNDAY - 30 * DAY,
        slo=levels,
        incidents=7,
        figures=_figures(),
        paging=Paging(calls),
        noisiest=noisy,
        hid=(
            Hid(
                "s1",
                silence_cards.SILENCE,
                (_hidden(FindingKind.ZERO_RECORDS_PROCESSOR, Severity.P1), _hidden(FindingKind.TIMEOUT, Severity.P2)),
            ),
        ),
        untried=(Untried(runbook(), None),),
        drifts=("nba-phase2-raw-processors: it ends a request after 300 s, expected are 600 s",),
        ledger=report_cards.ended(9 * [Reason.NEW] + 14 * [Reason.DOWNSTREAM] + 2 * [Reason.SILENCED]),
        storms=(storm(),),
        own=OwnLine(
            24, timedelta(seconds=3.2), 0, 1, ("detection looked last 2026-01-18 12:59 UTC", "outside monitor set")
        ),
        before=WeekSummary(date(2026, 1, 11), 3, 1, 4),
    )


def monthly() -> MonthlyReport:
    return MonthlyReport(
        day=date(2026, 1, 5),
        as_of=eastern(2026, 1, 5, 8),
        zone=NEW_YORK,
        watched_since=SUNDAY - 90 * DAY,
        slo=slo_cards.report(),
        capacity=Capacity(
            tuple(
                Growth(name, before, after, 61, 58)
                for name, before, after in ((BOX, 60.0, 95.0), (GAMEBOOK, 300.0, 420.0), ("Roster", 20.0, 20.0))
            ),
            4,
        ),
        kinds={FindingKind.MISSING_RUN: 9, FindingKind.TIMEOUT: 4, FindingKind.UPSTREAM_CASCADE: 1},
        figures=_figures(),
        precision=Precision(
            14,
            8,
            2,
            {FindingKind.TIMEOUT: Precision(4, 1, 2), FindingKind.MISSING_RUN: Precision(9, 7, 0)},
        ),
        cost=_cost(),
        before=MonthSummary(date(2025, 12, 1), 21),
    )


def _day(day: date, succeeded: int, real: int, zero: int, filled: bool | None) -> WatchedDay:
    tally = Tally(runs=succeeded + real, succeeded=succeeded, failed=real, real=real, zero_on_game_days=zero)
    dates = Counts() if filled is None else Counts(int(filled), int(not filled))
    return WatchedDay(day, tally, Durations(BOX, 2, 41.0, 88.0, 90.0) if succeeded else None, dates)


def watched(after: int, bad_after: int = 0) -> Watched:
    """Five bad days before; `after` days since, each with so many bad runs of four."""
    since = date(2026, 1, 12)
    return Watched(
        processor=BOX,
        since=since,
        days=5,
        as_of=datetime.combine(since + after * DAY, SUNDAY.time(), SUNDAY.tzinfo),
        zone=NEW_YORK,
        before=Side([_day(since - back * DAY, 1, 2, 1, back == 3) for back in range(5, 0, -1)]),
        after=Side([_day(since + day * DAY, 4 - bad_after, bad_after, 0, not bad_after) for day in range(after)]),
        over=after == 5,
    )


WATCH = Watch(
    id="ab12cd34",
    processor=BOX,
    since=date(2026, 1, 12),
    days=5,
    by="Ana",
    channel="C01DATA",
    started_at=SUNDAY,
    ends_at=eastern(2026, 1, 17, 7),
)


def messages() -> dict[str, Card]:
    whole, month = weekly(), monthly()
    down = {
        "service levels": "BigQuery does not answer <!channel>.",
        "the noisiest": "BigQuery does not answer <!channel>.",
    }
    blind = replace(whole, slo=None, noisiest=None, unavailable=down, later=True, before=None)
    none = replace(
        whole, watched_since=None, incidents=0, figures=(), paging=Paging(()), noisiest=(), hid=(), drifts=()
    )
    return {
        "weekly": weekly_report.card(whole),
        "weekly_unavailable": weekly_report.card(blind),
        "weekly_unwatched": weekly_report.card(replace(none, late=timedelta(minutes=40))),
        "monthly": monthly_report.card(month),
        "watch_better": watch.card(watched(5)),
        "watch_early": watch.card(watched(1), WATCH),
        "watch_worse": watch.card(watched(5, 4)),
        "watch_listed": watch.listed([WATCH]),
    }
