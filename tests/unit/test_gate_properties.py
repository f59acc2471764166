"""What holds of the gate in every story: random troubles over a small platform, with silences and a tight cap."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.findings.finding import Finding
from bot.domain.findings.finding import FindingKind as K
from bot.domain.findings.severity import Severity
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.gate.decide import decide
from bot.domain.gate.memory import GateResult
from bot.domain.gate.noise_ledger import Ending
from bot.domain.gate.silences import Silence
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.incident import AlertState
from bot.ports.fakes.state import FakeState
from bot.services.gate import GateService
from bot.services.noise_ledger import ledger_within
from tests.support.gate_story import DAY, OTHERS, RULES, START, Story, finding

ROOTS = ("Gamebook", "Boxscores", "Summary", "Factors", "Coordinator", *OTHERS[:7])
KINDS = (K.ZERO_RECORDS_PROCESSOR, K.REPEATED_FAILURE, K.MISSING_RUN, K.PERF_DEGRADATION, K.TRACKING_BUG, K.ALERT_STORM)
MINUTE = timedelta(minutes=1)
MINUTES = (1, 5, 10, 16, 60, 11 * 60, 25 * 60)


@st.composite
def troubles(draw: st.DrawFn) -> Callable[[datetime, Severity | None], Finding]:
    kind, root = draw(st.sampled_from(KINDS)), draw(st.sampled_from(ROOTS))
    began = START + timedelta(minutes=draw(st.integers(-90, 30)))
    fixed = finding(
        root,
        kind,
        processors=ROOTS if kind is K.ALERT_STORM else (root,),
        severity="P3" if kind is K.TRACKING_BUG else draw(st.sampled_from(("P0", "P1", "P2"))),
        since=began,
        data_date=draw(st.sampled_from((None, DAY, DAY + timedelta(days=1), DAY + timedelta(days=5)))),
        error_class=draw(st.sampled_from(("", "SourceDown"))),
    )
    return lambda now, severity: replace(
        fixed, evident_at=min(now, fixed.evident_at), severity=severity or fixed.severity
    )


@st.composite
def ticks(draw: st.DrawFn) -> list[tuple[datetime, list[Finding]]]:
    """Moments with what holds at each; now and then something is P0 for a while."""
    pool = draw(st.lists(troubles(), min_size=1, max_size=14))
    chosen, now = [], START
    for _ in range(draw(st.integers(1, 9))):
        now += timedelta(minutes=draw(st.sampled_from(MINUTES)))
        held = draw(st.sets(st.integers(0, len(pool) - 1)))
        worse = draw(st.sets(st.integers(0, len(pool) - 1), max_size=2))
        chosen.append((now, [pool[at](now, Severity.P0 if at in worse else None) for at in sorted(held)]))
    return chosen


def story(silenced: bool = False) -> Story:
    silence = Silence(id="S1", phase=3, since=START, until=START + timedelta(hours=2), reason="works", by="U1")
    return Story(silences=(silence,) if silenced else (), messages_per_hour=2, storm=StormPolicy(processors=4))


def play(told: Story, now: datetime, held: list[Finding]) -> list[Decision]:
    return told.at((now - START) / timedelta(minutes=1), *held)


@given(ticks(), st.booleans(), st.integers(0, 99))
def test_the_order_of_findings_never_matters(
    chosen: list[tuple[datetime, list[Finding]]], quiet: bool, seed: int
) -> None:
    told = story(quiet)
    for now, held in chosen:
        shuffled = Random(seed).sample(held, len(held))
        results: list[GateResult] = [decide(each, told.memory, told.rules, now) for each in (held, shuffled)]
        assert results[0] == results[1]
        play(told, now, held)


@given(ticks(), st.booleans())
def test_nothing_is_announced_twice_within_a_day_of_when_it_last_held(
    chosen: list[tuple[datetime, list[Finding]]], quiet: bool
) -> None:
    told, last_held, announced = story(quiet), dict[str, datetime](), set[str]()
    for now, held in chosen:
        announced -= {name for name, moment in last_held.items() if now - moment > timedelta(hours=24)}
        for decision in play(told, now, held):
            if decision.outcome is Outcome.ANNOUNCE and not decision.fingerprint.startswith("storm:"):
                assert decision.fingerprint not in announced
                announced.add(decision.fingerprint)
        last_held.update({each.fingerprint: now for each in held})


@given(ticks())
def test_p0_is_never_held_or_capped_and_always_shown_as_p0(chosen: list[tuple[datetime, list[Finding]]]) -> None:
    told = story()
    for now, held in chosen:
        decisions = play(told, now, held)
        p0 = {each.fingerprint for each in held if each.severity is Severity.P0}
        for decision in decisions:
            if decision.fingerprint in p0:
                assert decision.outcome not in (Outcome.HOLD, Outcome.KEEP_QUIET)
                assert decision.reason is not Reason.CAPPED
        for name in p0:
            incident = told.memory.incidents[told.memory.alerts[name].incident]
            assert incident.severity is Severity.P0
            assert incident.is_open or now - (incident.resolved_at or now) < told.rules.policy.downstream_grace


@given(ticks())
def test_becoming_p0_is_reported_at_that_tick(chosen: list[tuple[datetime, list[Finding]]]) -> None:
    told = story()
    for now, held in chosen:
        before = told.memory.incidents
        decisions = {each.incident: each for each in play(told, now, held) if each.outcome is not Outcome.JOIN}
        for incident in told.memory.incidents.values():
            was = before.get(incident.id)
            if incident.is_open and incident.severity is Severity.P0 and (was is None or was.severity != Severity.P0):
                assert decisions[incident.id].severity is Severity.P0
                assert decisions[incident.id].escalated == (was is not None)


@given(ticks(), st.booleans(), st.data())
def test_every_finding_ends_once_over_any_window(
    chosen: list[tuple[datetime, list[Finding]]], quiet: bool, data: st.DataObject
) -> None:
    """Told, joined, capped, silenced or expected; a process that starts again, or judges a tick twice, adds none."""
    told, state, found = story(quiet), FakeState(), set[tuple[str, datetime]]()
    for silence in told.memory.silences:
        state.add_silence(silence)
    for now, held in chosen:
        blind = data.draw(st.sets(st.sampled_from(held))) if held else set()
        seen = [each for each in held if each not in blind]
        for _ in range(data.draw(st.integers(1, 2))):
            GateService(state, told.rules).tick(now, seen, (), blind)
        known = state.remembered(now, timedelta()).alerts
        found |= {(each.fingerprint, known[each.fingerprint].first_held_at) for each in held}
    moments = [START, *(now for now, _ in chosen), chosen[-1][0] + timedelta(hours=1)]
    since, until = sorted(data.draw(st.lists(st.sampled_from(moments), min_size=2, max_size=2)))
    ledger = ledger_within(state, since, until)
    assert ledger.findings == sum(ledger.totals.values()) == len([at for _, at in found if since <= at < until])
    assert {ending: sum(why.values()) for ending, why in ledger.reasons.items()} == {
        ending: count for ending, count in ledger.totals.items() if count
    }
    whole = ledger_within(state, moments[0], moments[-1])
    parts = [ledger_within(state, *span).findings for span in pairwise(moments)]
    assert whole.findings == sum(parts) == len(found)
    assert whole.totals[Ending.SILENCED] == 0 or quiet


def test_what_people_were_told_of_stays_told() -> None:
    """Whatever hides it later; and what was only hidden or held says so, for the last reason that there was."""
    state, long = FakeState(), timedelta(hours=9)
    one, other = finding("Gamebook"), finding("Raw01")
    gate = GateService(state, RULES)
    gate.tick(START, [one])
    state.add_silence(Silence(id="S1", phase=1, since=START, until=START + long, reason="works", by="U1"))
    state.add_silence(Silence(id="S2", phase=2, since=START, until=START + long, reason="works", by="U1"))
    gate.tick(START + MINUTE, [one, other], unseen=[finding("Raw02", K.MISSING_RUN)])
    gate.tick(START + 2 * MINUTE, [one, other])
    ledger = ledger_within(state, START, START + long)
    assert [(each.root, each.ending, each.reason) for each in ledger.ended] == [
        ("Gamebook", Ending.TOLD, Reason.NEW),
        ("Raw01", Ending.SILENCED, Reason.SILENCED),
        ("Raw02", Ending.EXPECTED, Reason.OVER),
    ]
    assert ledger_within(state, START, START + 2 * MINUTE).reasons[Ending.EXPECTED] == {Reason.BLIND: 1}
    assert ledger.about({"Raw01"}).totals[Ending.SILENCED] == ledger.about({"Raw01"}).findings == 1


def stands(alert: AlertState | None) -> tuple[object, ...] | None:
    if alert is None:
        return None
    return alert.outcome, alert.reason, alert.incident, alert.hidden_by


@given(ticks(), st.booleans())
def test_every_finding_has_exactly_one_decision_when_its_standing_changes(
    chosen: list[tuple[datetime, list[Finding]]], quiet: bool
) -> None:
    told = story(quiet)
    for now, held in chosen:
        before = told.memory.alerts
        decisions = [each.fingerprint for each in play(told, now, held)]
        assert len(decisions) == len(set(decisions))
        for name in {each.fingerprint for each in held}:
            if stands(before.get(name)) != stands(told.memory.alerts[name]):
                hidden_twice = told.memory.alerts[name].outcome is Outcome.KEEP_QUIET and name in before
                assert name in decisions or hidden_twice


@given(ticks(), st.booleans())
def test_nothing_is_lost(chosen: list[tuple[datetime, list[Finding]]], quiet: bool) -> None:
    """What holds is in an open incident, or waits or is quiet for a reason that ends."""
    told = story(quiet)
    for now, held in chosen:
        play(told, now, held)
        for each in held:
            alert = told.memory.alerts[each.fingerprint]
            incident = told.memory.incidents.get(alert.incident)
            assert alert.holding
            assert alert.last_held_at == now
            if alert.outcome is Outcome.KEEP_QUIET:
                assert quiet
                assert alert.hidden_by == "S1"
            elif alert.outcome is not Outcome.HOLD:
                assert incident is not None
                grace = told.rules.policy.downstream_grace
                assert incident.is_open or (incident.resolved_at is not None and now - incident.resolved_at < grace)
                assert each.fingerprint in incident.members
