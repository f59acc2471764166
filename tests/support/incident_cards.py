"""Every form of what is said of an incident."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.findings.finding import Family, Finding, FindingKind, RootCause
from bot.domain.findings.severity import Severity
from bot.domain.incidents import response as responses
from bot.domain.incidents.decisions import Outcome, Reason
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.evidence import Checked, IncidentEvidence
from bot.domain.incidents.feedback import Feedback, Word
from bot.domain.incidents.figures import Figures, Spread
from bot.domain.incidents.incident import AlertState, Gathered, IncidentState, Part
from bot.domain.incidents.notice import Due, Notice, Proof, Reach, Restored
from bot.domain.incidents.retrospect import IncidentMemory, Past
from bot.domain.incidents.set_severity import SetSeverity
from bot.domain.incidents.standing import Coming, Overview, Standing
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.views import figures, incident, incident_evidence, response, response_forms
from bot.views.blocks import Card
from tests.support import declared_cards, notices, validations
from tests.support.gate_story import DAY, OTHERS, START, finding
from tests.support.health_reports import NASTY
from tests.support.notices import CASCADE, RESOLVED, UPDATED, decision, notice

SKIPPED = "the run of 06:00 UTC skipped itself as done, and the table has no rows"
CLAIMED = "the history says 2,389 records, the table has none and nothing follows"
LATE = START + timedelta(hours=11, minutes=54)
LATER = START + timedelta(days=29)
BLIND = finding(
    "",
    FindingKind.SOURCE_BLIND,
    processors=(),
    source="history",
    root_cause=RootCause.INFRASTRUCTURE,
    severity="P1",
    severity_reason="what it brings is not known",
    explanation="source history: connection refused. Check the host, the port and the network",
    error_class="cannot be read",
    data_date=None,
)


def incidents() -> dict[str, Card]:
    made = {**_open(), **_storms(), **_over(), **responded(), **declared_cards.notices()}
    return {
        **{name: incident.card(each) for name, each in made.items()},
        **{name: incident.thread_card(each) for name, each in _updates().items()},
        "incident_plain_buttons": incident.without_feedback(incident.card(_open()["incident_slow"])),
        "incident_thanks": incident.thanks(notices.incident(), Word.NOISE),
    }


def responded() -> dict[str, Notice]:
    """The card of an incident as people take it."""
    ladder = EscalationPolicy().of(Severity.P0)
    first = responses.opened("I1", Severity.P0, ladder, START)
    paged = responses.stepped(first, START, at_once=False)
    has_it = responses.acknowledged(paged, "Ana", START + timedelta(minutes=2))
    coming = (Coming(START + timedelta(minutes=5), ("Ben",)), Coming(START + timedelta(minutes=10), ("Dana",)))
    now = START + timedelta(minutes=3)
    made = {
        "incident_paging": Standing(first, (Coming(START, ("Ana",)), coming[0])),
        "incident_paged": Standing(paged, coming),
        "incident_all_paged": Standing(paged, (Coming(START + timedelta(minutes=15), ()),)),
        "incident_exhausted": Standing(
            responses.exhausted(paged, now), (Coming(now + timedelta(minutes=30), ("Ana",)),)
        ),
        "incident_acknowledged": Standing(has_it),
        "incident_mitigated": Standing(responses.mitigated(has_it, "Ana", now)),
    }
    word = SetSeverity(Severity.P2, "U01ALEX", "known since Monday, the vendor repairs it <!here>", now)
    p2 = EscalationPolicy().of(Severity.P2)
    made["incident_graded"] = Standing(responses.graded(has_it, word, p2, now))
    same = replace(word, severity=Severity.P0, by="Ana", because="games start at 7")
    made["incident_graded_as_found"] = Standing(responses.graded(paged, same, ladder, now), coming)
    over = responses.resolved(has_it, RESOLVED)
    again = responses.reopened(over, RESOLVED + timedelta(hours=1))
    ended = _over()["incident_resolved"]
    return {
        **{name: replace(notice(), now=now, standing=standing) for name, standing in made.items()},
        "incident_runbook": replace(notice(), now=now, standing=made["incident_paged"], has_runbook=True),
        "incident_runbook_owned": replace(notice(), now=now, standing=made["incident_acknowledged"], has_runbook=True),
        "incident_ended": replace(ended, standing=Standing(over)),
        "incident_reopened": replace(ended, standing=Standing(again, (Coming(again.opened_at, ("Ana",)),))),
    }


def answers() -> dict[str, Card]:
    """What people are told who ask for incidents, or act on one."""
    nasty = notices.incident(headline=replace(CASCADE, processors=NASTY, explanation="<!here> & *bold*"))
    now, ladder = START + timedelta(minutes=30), EscalationPolicy().of(Severity.P0)
    has_it = responses.acknowledged(responses.opened("I1", Severity.P0, ladder, START), "<@U1> & *Ana*", START)
    word = SetSeverity(Severity.P2, "<@U1> & *Ana*", "<!here> & *x*", START)
    lowered = responses.graded(has_it, word, EscalationPolicy().of(Severity.P2), START)
    entries = tuple(
        Entry("I1", START + timedelta(minutes=n), EntryKind.ACKNOWLEDGED, f"<!here> & *x* {n}") for n in range(70)
    )
    found = Overview(nasty, Standing(has_it), entries)
    hour, day = timedelta(hours=1), timedelta(days=1)
    spread, nothing = Spread(12, hour, day), Spread(0, None, None)
    counted = [Figures(Severity.P0, 12, spread, spread, spread), Figures(Severity.P2, 3, spread, nothing, nothing)]
    wrong = tuple(f"Summary 2026-03-0{n}: <!here> & the table is empty" for n in range(1, 10))
    return {
        "response_checked": response.checked(Checked(nasty, 12, wrong)),
        "response_checked_right": response.checked(Checked(nasty, 3, ())),
        "response_checked_nothing": response.checked(Checked(nasty, 0, ())),
        "response_figures": figures.card(counted, 30),
        "response_graded": response.graded(Overview(nasty, Standing(lowered), ())),
        "response_graded_list": response.listing([Overview(nasty, Standing(lowered), ())], now),
        "response_handed_over": response.handed_over(nasty, "<@U1> & *Ana*"),
        "response_list": response.listing([found] * 20, now),
        "response_list_empty": response.listing([], now),
        "response_timeline": response.timeline(found, now),
    }


def _called(headline: Finding, **changes: Any) -> Notice:
    facts: dict[str, Any] = {
        "headline": headline,
        "kind": headline.kind,
        "family": headline.family,
        "severity": headline.severity,
        "severity_reason": headline.severity_reason,
        "processors": headline.processors,
        "data_dates": () if headline.data_date is None else (headline.data_date,),
        "parts": (Part(headline.kind, headline.data_date),),
    }
    return notice(**{**facts, **changes})


def _open() -> dict[str, Notice]:
    days = tuple(DAY + timedelta(days=number) for number in range(7))
    nasty = replace(CASCADE, processors=NASTY, explanation="<!here> & *bold* `code`", error="<@U1> `x` & *y* \u202e")
    reach = Reach(NASTY[0], 3, Due(NASTY[1], START + timedelta(minutes=20)))
    missing = finding("Summary", FindingKind.MISSING_RUN, explanation="Summary for 2026-03-02: no run at 05:00 UTC")
    stuck = finding("Coordinator", FindingKind.STUCK_RUN, severity="P0", severity_reason="it blocks predictions")
    slow = finding("Gamebook", FindingKind.PERF_DEGRADATION, data_date=None, explanation="Gamebook: 3 times the usual")
    far = replace(finding("NbacGamebookProcessor", FindingKind.ZERO_RECORDS_PROCESSOR), explanation=CLAIMED)
    late = replace(finding("Factors", FindingKind.SLA_MISS), since=START - timedelta(days=2))
    skipped = replace(
        finding("BdlPlayerStats", FindingKind.IDEMPOTENCY_BLOCK, explanation=f"BdlPlayerStats for {DAY}: {SKIPPED}"),
        since=START - timedelta(days=4),
    )
    missed = Reach("Coordinator", 0, Due("Coordinator", START - timedelta(minutes=35)))
    also = (*notices.incident().parts, Part(FindingKind.VALIDATION_FAILED, days[1]))
    return {
        "incident": notice(),
        "incident_blind": _called(BLIND),
        "incident_blind_held": _called(replace(BLIND, held=12)),
        "incident_days": notice(data_dates=days, parts=also, flapping=True),
        "incident_nasty": _called(nasty, reach=reach, severity_reason="<!here> & more"),
        "incident_missing": _called(missing, reach=Reach(due=Due("Summary", START + timedelta(hours=3)))),
        "incident_stuck": _called(stuck, reach=missed),
        "incident_slow": _called(slow, reach=Reach(dependents=34)),
        "incident_far": _called(far, reach=Reach("PredictionCoordinator", 18, Due("SyntheticPredictions02", LATE))),
        "incident_late": _called(late, reach=Reach()),
        "incident_skipped": _called(skipped, reach=Reach()),
    }


def _storms() -> dict[str, Notice]:
    storm = Finding(
        kind=FindingKind.ALERT_STORM,
        processors=OTHERS[:8],
        root_cause=RootCause.INFRASTRUCTURE,
        severity=Severity.P1,
        severity_reason="it is a storm",
        since=START - timedelta(minutes=20),
        evident_at=START,
        explanation="8 processors failed with processing_error within 25 minutes: one cause that they share",
        failures=21,
        error="ConnectionError: stats.example.com refused the connection",
    )
    absent = replace(storm, error="", failures=0, error_class="missing_run", explanation="8 have not run")
    capped = replace(absent, error_class="", explanation="12 more than this hour's limit of new messages, which is 20.")
    wide = replace(
        storm,
        processors=("SyntheticPrecompute02Processor", *OTHERS[:7]),
        error="TimeoutError: stats.example.com did not answer within 30 seconds, 5 attempts, gave up",
    )
    gathered: dict[str, Any] = {"family": Family.STORM, "reach": Reach("Coordinator", 4)}
    return {
        "incident_storm": _called(storm, **gathered),
        "incident_storm_long": _called(wide, **gathered),
        "incident_storm_absent": _called(absent, **gathered, gathered=Gathered.SAME_CLASS),
        "incident_storm_capped": _called(capped, **gathered, gathered=Gathered.OVER_CAP),
    }


def _over() -> dict[str, Notice]:
    resolved: dict[str, Any] = {"state": IncidentState.RESOLVED, "resolved_at": RESOLVED}
    merged = replace(decision(Outcome.RESOLVE, RESOLVED), reason=Reason.MERGED)
    still = Proof(DAY, 0, 0, sound=False, because="the raw file is there and the table is empty")
    expired = replace(decision(Outcome.RESOLVE, LATER), reason=Reason.EXPIRED)
    read = {**resolved, "headline": BLIND, "kind": BLIND.kind, "processors": (), "data_dates": ()}
    watched = decision(Outcome.EDIT, UPDATED, reason=Reason.WATCHED)
    until = UPDATED + timedelta(minutes=15)
    return {
        "incident_back": notice(at=UPDATED, made=watched, proof=(notices.REPAIRED,), watched_until=until),
        "incident_unseen": notice(at=UPDATED, made=watched, proof=(still,), watched_until=until),
        "incident_resolved": notice(Outcome.RESOLVE, RESOLVED, proof=(notices.REPAIRED,), **resolved),
        "incident_resolved_unproved": notice(Outcome.RESOLVE, RESOLVED, proof=(still,), **resolved),
        "incident_resolved_bare": notice(Outcome.RESOLVE, RESOLVED, data_dates=(), **resolved),
        "incident_blind_over": notice(Outcome.RESOLVE, RESOLVED, restored=Restored(RESOLVED, 431), **read),
        "incident_merged": notice(at=RESOLVED, made=merged, into="INC-44", **resolved),
        "incident_expired": notice(at=LATER, made=expired, state=IncidentState.EXPIRED, resolved_at=LATER),
    }


def _updates() -> dict[str, Notice]:
    update = decision(Outcome.UPDATE, UPDATED)
    worse = replace(update, reason=Reason.WORSE, escalated=True, detail="P1 → P0: it blocks predictions")
    more = replace(update, detail="+ 3 Mar; now also: validation fails for 3 Mar; joined: Summary, Factors and 2 more")
    back = replace(update, reason=Reason.BACK)
    return {
        "incident_update": notice(at=UPDATED, made=more),
        "incident_update_worse": notice(at=UPDATED, made=worse),
        "incident_update_back": notice(at=UPDATED, made=back),
        "incident_update_end": notice(Outcome.RESOLVE, RESOLVED, proof=(notices.REPAIRED,)),
    }


def modals() -> dict[str, dict[str, Any]]:
    rows = validations.validations()["validate_many"].rows
    joined = finding("Summary", FindingKind.MISSING_RUN)
    members = (_alert(CASCADE, is_root=True), _alert(joined, is_root=False))
    said = (decision(), replace(decision(Outcome.UPDATE, UPDATED), detail="+ 3 Mar"))
    words = (Feedback("U1", Word.USEFUL, START), Feedback("U2", Word.NOISE, START))
    before = replace(notices.incident(), number=12, announced_at=START - timedelta(days=30))
    past = (Past(before, START - timedelta(days=29), "Chris resolved it, though <!here> & *x*"), Past(before, None, ""))
    means = ("rerunning NbacScraper", 3), ("over by itself", 1)
    memory = IncidentMemory(4, means, timedelta(minutes=12))
    full = IncidentEvidence(notices.incident(), members, rows[:3], 2, said, words, UPDATED, past, memory)
    nasty = replace(CASCADE, processors=NASTY, explanation="<!here> & *bold*", error="<@U1>\u202e")
    bare = IncidentEvidence(notices.incident(headline=nasty), (), (), 0, (), (), UPDATED)
    return {
        **declared_cards.modals(),
        "incident_evidence": incident_evidence.shown(full),
        "incident_evidence_bare": incident_evidence.shown(bare),
        "incident_hand_over": response_forms.hand_over(notices.incident(headline=nasty), "grant", ["Ana", "Ben"]),
        "incident_severity": response_forms.severity(_paged(nasty), "grant"),
        "incident_severity_begun": response_forms.severity(_paged(nasty), "grant", "P2", "<known> & old"),
        "incident_reopen": response_forms.reopen(notices.incident(headline=nasty), "grant"),
        "incident_add": response_forms.add(
            [Overview(notices.incident(headline=nasty), None, ())], "<!here> & *x*", "{}"
        ),
        "incident_add_nothing": response_forms.add([], "", "{}"),
        "incident_added": response_forms.added(notices.incident()),
        "incident_evidence_loading": incident_evidence.loading(),
        "incident_evidence_failed": incident_evidence.failed("The warehouse is held by <another> process."),
    }


def _paged(headline: Finding) -> Overview:
    first = responses.opened("I1", Severity.P0, EscalationPolicy().of(Severity.P0), START)
    return Overview(notices.incident(headline=headline), Standing(first, (Coming(START, ("Ana", "U02SAM")),)), ())


def _alert(of: Finding, *, is_root: bool) -> AlertState:
    outcome, reason = (Outcome.ANNOUNCE, Reason.P0) if is_root else (Outcome.JOIN, Reason.DOWNSTREAM)
    return AlertState(
        finding=of, outcome=outcome, reason=reason, first_held_at=START, last_held_at=START, is_root=is_root
    )
