"""Messages and the form about repairs: plans small and large, approvals, a stale one, what was started."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.reprocessing.plan import Plan, StepKey, difference
from bot.domain.reprocessing.repair import Person, Repair, RepairState
from bot.domain.verdicts.judge import Verdict
from bot.views import reprocessing
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
        "reprocess_plan_third": reprocessing.plan(repair(third())),
        "reprocess_plan_blocked": reprocessing.plan(blocked),
        "reprocess_plan_nothing": reprocessing.plan(healed),
        "reprocess_approval": reprocessing.plan(waiting),
        "reprocess_stale": reprocessing.stale(few, healed, changes),
        "reprocess_started": reprocessing.started(replace(few, **begun)),
        "reprocess_approved": reprocessing.started(replace(waiting, **begun, approved_by=BEN)),
        "reprocess_withdrawn": reprocessing.withdrawn(replace(waiting, reason="withdrawn by Ana")),
        "reprocess_listed": reprocessing.listed([waiting, replace(few, **begun)]),
        "reprocess_listed_none": reprocessing.listed([]),
    }


def modals() -> dict[str, dict[str, Any]]:
    return {"reprocess_form": reprocessing.form(["Gamebook"], LAST - timedelta(days=1), LAST, "{}")}
