"""Messages and the form about repairs: plans small and large, approvals, a stale one, what was started."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.audit import NOTHING, Anchor, Link, Seal
from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.plan import STANDARD, Plan, StepKey, difference
from bot.domain.reprocessing.progress import Progress, progress
from bot.domain.reprocessing.receipts import Again, Receipt, Shown, receipts_in, repair_receipt, step_receipt
from bot.domain.reprocessing.repair import AT_WORK, Person, Repair, RepairState, RepairStep, StepState, steps_of
from bot.domain.verdicts.judge import Verdict
from bot.views import receipts, reprocessing, reprocessing_progress
from bot.views.blocks import Card
from tests.support.repairs import CHAIN, LAST, NOW, asked, day, facts, planned

ANA, BEN = Person("slack:U1", "Ana"), Person("slack:U2", "Ben <@U2>")
SECONDS = {"Scraper": 40.0, "Gamebook": 95.0, "Summary": 310.0}
NASTY = "ValueError: <!channel> & *DNP*"


def repair(plan: Plan, **changes: Any) -> Repair:
    return replace(Repair(plan=plan, asked_by=ANA, asked_at=NOW), **changes)


def small() -> Plan:
    return planned(known={("Gamebook", LAST): facts(Verdict.PROCESSOR_FAILED, NASTY, rows=0)}, seconds=SECONDS)


def wide() -> Plan:
    """Two weeks of everything: some of it is right, some in flight."""
    known = {
        ("Gamebook", day(1)): facts(Verdict.OK, "the table has its rows", rows=318),
        ("Summary", day(1)): facts(Verdict.OK, in_flight="run 8f2 is under way since 11:54 UTC (backfill)"),
        ("Summary", LAST): facts(Verdict.UPSTREAM, "what it is made from is empty"),
        ("Predictions", day(2)): facts(Verdict.OFF_DAY, "there was no game"),
    }
    return planned(asked(*CHAIN, dates=40), known, seconds=SECONDS)


def third() -> Plan:
    return planned(asked(), seconds=SECONDS, repaired={StepKey("Gamebook", LAST): 2})


def messages() -> dict[str, Card]:
    few, many = repair(small()), repair(wide())
    blocked = repair(planned(asked("Summary"), {("Summary", LAST): facts(Verdict.UPSTREAM, "it is empty")}))
    healed = repair(planned(known={("Gamebook", LAST): facts(Verdict.OK, "the table has 318 rows")}, plan_id="P2"))
    waiting = repair(third(), state=RepairState.AWAITING_APPROVAL, number=12, approval_asked_at=NOW)
    begun: dict[str, Any] = {"number": 12, "state": RepairState.RUNNING, "started_at": NOW}
    changes = difference(few.plan.steps, healed.plan.steps)
    return {
        "reprocess_plan": reprocessing.plan(few),
        "reprocess_plan_wide": reprocessing.plan(many),
        "reprocess_plan_third": reprocessing.plan(repair(third()), tickets=True),
        "reprocess_plan_blocked": reprocessing.plan(blocked),
        "reprocess_plan_nothing": reprocessing.plan(healed),
        "reprocess_approval": reprocessing.plan(waiting, tickets=True),
        "reprocess_stale": reprocessing.stale(few, healed, changes),
        "reprocess_started": reprocessing.started(replace(few, **begun)),
        "reprocess_approved": reprocessing.started(replace(waiting, **begun, approved_by=BEN)),
        "reprocess_withdrawn": reprocessing.withdrawn(replace(waiting, reason="withdrawn by Ana")),
        "reprocess_listed": reprocessing.listed([waiting, replace(few, **begun)]),
        "reprocess_listed_none": reprocessing.listed([]),
        **_at_work(),
    }


def under_way() -> tuple[Repair, Progress]:
    plan = planned(asked("Gamebook", "Summary", dates=6), seconds=SECONDS, plan_id="P3")
    begun = repair(plan, number=14, state=RepairState.RUNNING, started_at=NOW, message=MessageRef("C03", "17.125"))
    at_work = [_step(step, place) for place, step in enumerate(steps_of(plan, plan.id))]
    return begun, progress(begun, at_work, STANDARD, NOW + timedelta(minutes=4))


def _at_work() -> dict[str, Card]:
    """As a repair of six dates goes on, and what it leaves."""
    plan = planned(asked("Gamebook", "Summary", dates=6), seconds=SECONDS, plan_id="P3")
    begun = repair(plan, number=14, state=RepairState.RUNNING, started_at=NOW)
    waiting = steps_of(plan, plan.id)
    at_work = [_step(step, place) for place, step in enumerate(waiting)]
    over: dict[str, Any] = {"ended_at": NOW + timedelta(minutes=20), "reason": "9 of 12 steps proved right"}
    left = repair(third(), state=RepairState.CANCELLED, number=13, ended_at=NOW, reason="withdrawn by Ana")
    ended = replace(begun, state=RepairState.FAILED, approved_by=BEN, **over)
    now, later = NOW + timedelta(minutes=4), NOW + timedelta(minutes=20)
    failed = [replace(step, state=StepState.FAILED, reason=NASTY) if step.seq % 4 == 0 else step for step in at_work]
    settled = [replace(step, state=StepState.PROVED) if step.state in AT_WORK else step for step in failed]
    return {
        "reprocess_running": reprocessing_progress.card(begun, progress(begun, at_work, STANDARD, now), now),
        "reprocess_paused": reprocessing_progress.card(
            replace(begun, state=RepairState.PAUSED), progress(begun, at_work, STANDARD, now), now
        ),
        "reprocess_ended": reprocessing_progress.card(ended, progress(ended, settled, STANDARD, later), later),
        "reprocess_receipt": receipts.card(Shown(ended, tuple(_receipts(ended, settled)))),
        "reprocess_receipt_none": receipts.card(Shown(begun, ())),
        "reprocess_receipt_withdrawn": receipts.card(Shown(left, ())),
    }


def _step(step: RepairStep, place: int) -> RepairStep:
    asked_at = NOW + timedelta(minutes=place)
    told: dict[str, Any] = {"attempt": 1, "asked_at": asked_at, "started_at": asked_at, "run_id": f"run-{place}"}
    proved: dict[str, Any] = {"verdict_after": "ok", "rows_after": 318, "ended_at": asked_at + timedelta(minutes=1)}
    if place < 4:
        return replace(step, state=StepState.PROVED, **told, **proved)
    return replace(step, state=StepState.RUNNING, **told) if place < 6 else step


def _receipts(ended: Repair, steps: list[RepairStep]) -> list[Receipt]:
    again = Again(processor="Predictions", data_date=LAST, verdict="upstream", because="Summary <failed>")
    made = [step_receipt(ended, step, "raw-00042", NOW) for step in steps if step.attempt]
    seal, end, links = Seal(), NOTHING, list[Link]()
    for each in [*made, repair_receipt(ended, steps, [again], NOW)]:
        links.append(seal.after(end, each))
        end = Anchor(links[-1].seq, links[-1].hash)
    return receipts_in(links)


def modals() -> dict[str, dict[str, Any]]:
    return {"reprocess_form": reprocessing.form(["Gamebook"], LAST - timedelta(days=1), LAST, "{}")}
