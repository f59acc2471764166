"""What a weekly report and a monthly review count: calls, what was noisy, what was hidden, what grew."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cli.review_json import weekly_json
from bot.domain.delivery import Act, Page, PageState, Queued
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.findings.words import short_day
from bot.domain.gate.noise_ledger import LedgerEntry
from bot.domain.health.model import Durations
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.feedback import Feedback, Word
from bot.domain.oncall.schedule import Person
from bot.domain.platform.registry import Processor
from bot.domain.reports.monthly import capacity, month_before, precision, span_of
from bot.domain.reports.noisiest import Change, Known, Noisy, noisiest
from bot.domain.reports.objectives import Counts, SloReport, counted
from bot.domain.reports.paging import own_line, paging
from bot.domain.reports.weekly import WeeklyReport, hid_real, untried
from bot.views import weekly_report, weekly_words
from tests.support.gate_story import START, finding
from tests.support.rotas import NEW_YORK
from tests.support.runbook_texts import runbook

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NOW = START + 30 * DAY
TOKYO = ZoneInfo("Asia/Tokyo")
PEOPLE = {"Ana": Person(name="Ana", zone=NEW_YORK), "Kei": Person(name="Kei", zone=TOKYO)}
K = FindingKind


def sent(person: str, at: datetime, key: str = "e1", **changes: object) -> Queued:
    page = Page(
        id=f"{key}{person}{at}{changes}",
        dedup_key=key,
        label="INC-1",
        severity=Severity.P0,
        act=Act.TRIGGER,
        channel="sms",
        person=person,
        target="+1",
        created_at=at,
        attempts=1,
    )
    made = Queued(page=page, incident="I1", state=PageState.SENT, not_before=at + timedelta(seconds=2))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_night_is_that_of_where_the_person_lives() -> None:
    at = datetime(2026, 1, 16, 15, tzinfo=ZoneInfo("UTC"))  # 10:00 in New York, midnight in Tokyo
    found = paging([sent("Ana", at), sent("Kei", at), sent("Max", at)], PEOPLE, NEW_YORK)
    assert [(each.person, each.night, each.left, each.hour) for each in found.calls] == [
        ("Ana", False, False, 10),
        ("Kei", True, False, 10),
        ("Max", False, True, 10),
    ]
    assert (found.at_night, found.by_hour[10]) == (1, 3)


def test_one_call_is_one_however_many_channels_and_lines() -> None:
    by_phone = sent("Ana", START)
    by_slack = replace(by_phone, page=replace(by_phone.page, id="2", channel="slack"))
    carried = sent("Ana", START, "e2", carried_by="2")
    practice = replace(by_phone, page=replace(by_phone.page, id="3", act=Act.TEST, dedup_key="e3"))
    later = sent("Ana", START + 5 * MINUTE)
    unsent = sent("Ana", START, "e4", state=PageState.REFUSED)
    found = paging([by_phone, by_slack, carried, practice, later, unsent], PEOPLE, NEW_YORK)
    assert len(found.calls) == 2


def test_its_own_line_says_what_did_not_arrive_and_what_may_have_come_twice() -> None:
    slow = sent("Ana", START, "s", not_before=START + 90 * MINUTE)
    again = sent("Ana", START, "a")
    again = replace(again, page=replace(again.page, attempts=2))
    pages = [sent("Ana", START + n * HOUR) for n in range(3)]
    lost = sent("Ben", START, "l", state=PageState.PENDING)
    over = sent("Ben", START, "o", state=PageState.CANCELLED)
    found = own_line([slow, again, *pages, lost, over], ("seen",))
    assert (found.sent, found.p99, found.unsent, found.again) == (5, 90 * MINUTE, 1, 1)
    assert own_line([], ()).p99 is None


def told(name: str, at: datetime, kind: FindingKind, over: timedelta | None, severity: str = "P1") -> list[Decision]:
    """Announced, and resolved by itself so long after."""
    facts = finding("Box", kind, severity=severity)
    first = Decision(
        at=at,
        fingerprint=name,
        outcome=Outcome.ANNOUNCE,
        reason=Reason.NEW,
        finding=facts,
        severity=facts.severity,
        incident=name,
    )
    if over is None:
        return [first]
    return [first, replace(first, at=at + over, outcome=Outcome.RESOLVE, reason=Reason.RESOLVED)]


def proposed(decisions: list[Decision], **known: object) -> Noisy:
    box = Processor(name="Box", phase=2, timeout_seconds=600)
    given: dict[str, object] = {"processors": {"Box": box}, "phases": {"Box": 2}, "real": {}, "dates": {}}
    made = Known(**{**given, "slowest": lambda _: None, **known})  # type: ignore[arg-type]
    ordered = sorted(decisions, key=lambda each: each.at)
    [found] = noisiest(ordered, NOW - 7 * DAY, NOW, made)
    return found


def many(kind: FindingKind, overs: list[timedelta | None], severity: str = "P1") -> list[Decision]:
    parts = [told(f"I{n}", NOW - (n + 1) * DAY, kind, over, severity) for n, over in enumerate(overs)]
    return [each for part in parts for each in part]


def test_what_is_over_by_itself_soon_is_spared_by_a_longer_grace() -> None:
    found = proposed(many(K.MISSING_RUN, [45 * MINUTE, 50 * MINUTE, 5 * HOUR]), real={"I0": "INC-7"})
    assert (found.told, found.proposal.messages, found.proposal.change) == (3, 3, Change.GRACE)
    assert (found.proposal.by, found.proposal.spared, found.proposal.real) == (HOUR, 2, ("INC-7",))


def test_nothing_is_proposed_that_hides_mostly_what_people_took_as_real() -> None:
    real = {"I0": "INC-7", "I1": "INC-8"}
    found = proposed(many(K.MISSING_RUN, [10 * MINUTE, 10 * MINUTE, 5 * HOUR]), real=real)
    assert found.proposal.change is Change.NONE
    assert found.proposal.why == "people took 2 of 2 that it would hide as real"


def test_an_absence_that_stays_is_sporadic_only_where_most_dates_have_no_data() -> None:
    stays = many(K.MISSING_RUN, [None, None])
    assert proposed(stays).proposal.change is Change.NONE
    assert proposed(stays, dates={"Box": Counts(2, 7)}).proposal.change is Change.NONE
    rare = proposed(stays, dates={"Box": Counts(2, 12)}).proposal
    assert (rare.change, rare.spared, rare.why) == (Change.SPORADIC, 2, "2 of 14 dates have data")


@pytest.mark.parametrize(("p99", "change"), [(590.0, Change.TIMEOUT), (60.0, Change.NONE), (None, Change.NONE)])
def test_a_timeout_is_raised_where_runs_come_near_it_and_nothing_is_claimed(p99: float | None, change: Change) -> None:
    found = proposed(many(K.TIMEOUT, [HOUR]), slowest=lambda _: p99).proposal
    assert (found.change, found.spared) == (change, None)


def test_a_silence_is_previewed_as_silences_are() -> None:
    found = proposed(many(K.REPEATED_FAILURE, [HOUR, HOUR, HOUR], "P0"), real={"I2": "INC-3"}).proposal
    assert (found.change, found.spared, found.p0, found.real) == (Change.SILENCE, 3, 3, ("INC-3",))


def test_what_is_of_no_processor_is_left_as_it_is() -> None:
    assert proposed(many(K.MISSING_RUN, [MINUTE]), processors={}).proposal.change is Change.NONE
    assert proposed(many(K.UPSTREAM_CASCADE, [MINUTE])).proposal.change is Change.NONE


def test_what_a_silence_hid_is_named_unless_it_was_a_note() -> None:
    def hidden(name: str, severity: Severity, reason: Reason = Reason.SILENCED, by: str = "s1") -> LedgerEntry:
        return LedgerEntry(
            fingerprint=name,
            found_at=START,
            at=START,
            reason=reason,
            root="Box",
            kind=K.TIMEOUT,
            severity=severity,
            hidden_by=by,
        )

    entries = [hidden("a", Severity.P2), hidden("b", Severity.P3), hidden("c", Severity.P0, by="s2")]
    found = hid_real([*entries, hidden("d", Severity.P1, Reason.NEW)], {"s1": None})
    assert [(each.name, len(each.findings)) for each in found] == [("s2", 1), ("s1", 1)]


def test_runbooks_never_tried_come_first() -> None:
    fresh = replace(runbook(), reviewed_on=NOW.date())
    books = [replace(fresh, id=name) for name in ("a", "b", "c")] + [
        replace(fresh, id="d", reviewed_on=date(2020, 1, 1))
    ]
    tried = {"a": NOW - 91 * DAY, "b": NOW - DAY, "d": NOW - DAY}
    assert [each.runbook.id for each in untried(books, tried, NOW)] == ["c", "a", "d"]


def test_what_grew_needs_runs_enough_on_both_sides() -> None:
    before = [Durations(name, 2, 1.0, p95, p95) for name, p95 in (("A", 10.0), ("B", 10.0), ("C", 10.0))]
    after = [Durations(name, 2, 1.0, p95, p95) for name, p95 in (("A", 12.0), ("B", 30.0), ("C", 9.0), ("New", 5.0))]
    enough = {"A": 20, "B": 19, "C": 50, "New": 50}
    found = capacity(before, after, (enough, dict.fromkeys(enough, 40)))
    assert [(each.processor, each.grows) for each in found.compared] == [("A", True), ("C", False)]
    assert found.few == 2


def test_precision_counts_an_incident_once_and_noise_outdoes() -> None:
    said = [Feedback("U1", Word.USEFUL, START), Feedback("U2", Word.NOISE, START)]
    found = precision([(K.TIMEOUT, said[:1]), (K.MISSING_RUN, said), (K.MISSING_RUN, []), (K.TIMEOUT, said[:1])])
    assert (found.incidents, found.useful, found.noise, found.rated) == (4, 2, 1, 3)
    assert found.interval is not None
    assert found.interval[0] < 2 / 3 < found.interval[1]
    by_kind = [(kind, each.useful, each.noise, each.incidents) for kind, each in found.by_kind.items()]
    assert by_kind == [(K.MISSING_RUN, 0, 1, 2), (K.TIMEOUT, 2, 0, 2)]
    nothing = precision([(K.TIMEOUT, [])])
    assert (nothing.interval, nothing.by_kind) == (None, {})


def test_the_month_before_a_day_by_the_local_clock() -> None:
    assert month_before(date(2026, 1, 5)) == date(2025, 12, 1)
    since, until = span_of(date(2026, 3, 1), NEW_YORK)
    assert (until - since, until.isoformat()) == (31 * DAY, "2026-04-01T00:00:00-04:00")


def test_what_is_below_target_is_named_by_its_phase_even_if_that_is_0_or_by_its_name() -> None:
    missed = counted({0: Counts(good=1, bad=1)}, 0.9, 0.05, {})
    levels = SloReport(START, (replace(missed, phase=0),), (), named=(replace(missed, name="hit_rate"),))
    report = WeeklyReport(day=START.date(), as_of=START, zone=NEW_YORK, slo=levels)
    assert json.loads(weekly_json(report))["below_target"] == [0, "hit_rate"]
    assert weekly_words.levels_title(report) == "Service levels, 7 days"


def test_a_week_after_the_end_of_the_history_is_not_judged_by_the_week_before_it() -> None:
    missed = replace(counted({0: Counts(good=1, bad=1)}, 0.9, 0.05, {}), phase=2)
    report = WeeklyReport(day=START.date(), as_of=START, zone=NEW_YORK, slo=SloReport(START - 7 * DAY, (missed,), ()))
    assert weekly_words.title(report).endswith(": no outcome of the week is known")
    assert weekly_words.levels_title(report) == f"Service levels, 7 days to {short_day((START - 7 * DAY).date())}"
    assert "🟢" not in json.dumps(weekly_report.card(report).payload())
