"""Receipts: what a step, and the repair as a whole, has come to. Each is a record of the audit chain, so that none can
be changed, taken out or put in unseen. It says "repaired" only of what was proved right.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.domain.audit import Link, Record, record
from bot.domain.reprocessing.execution import Cause
from bot.domain.reprocessing.progress import is_planned
from bot.domain.reprocessing.repair import Repair, RepairStep, StepState

ACT = "receipt"
REPAIRED, NOT_REPAIRED, NOTHING_DUE = "repaired", "not repaired", "nothing was due"
NOT_RUN = "not run"


@dataclass(frozen=True, kw_only=True)
class Again:
    """A dependent, judged again after a repair."""

    processor: str
    data_date: date
    verdict: str
    because: str


@dataclass(frozen=True)
class Receipt:
    """As it stands in the chain. `said` has what `step_receipt` and `repair_receipt` write."""

    link: Link
    said: Mapping[str, Any]

    @property
    def is_of_step(self) -> bool:
        return "processor" in self.said

    @property
    def again(self) -> list[dict[str, str]]:
        """The dependents, judged again."""
        return list(json.loads(self.said.get("dependents") or "[]"))


@dataclass(frozen=True)
class Shown:
    """The receipts of one repair, in order; that of the repair itself is the last, once it has ended."""

    repair: Repair
    receipts: tuple[Receipt, ...]

    @property
    def steps(self) -> list[Receipt]:
        return [each for each in self.receipts if each.is_of_step]

    @property
    def whole(self) -> Receipt | None:
        return next((each for each in reversed(self.receipts) if not each.is_of_step), None)


@dataclass(frozen=True)
class Rerun:
    """A step judged again now. `holds`: it still is as its receipt says."""

    processor: str
    data_date: date
    said: str
    verdict: str
    rows: int | None
    holds: bool


@dataclass(frozen=True)
class Verified:
    """`receipts` were looked at, of a chain of `records`; `faults` in words, none: all is as it was written."""

    receipts: int
    records: int
    faults: tuple[str, ...]
    rerun: tuple[Rerun, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.faults and all(each.holds for each in self.rerun)


def subject_of(repair_id: str) -> str:
    return f"receipt:{repair_id}"


def result_of(step: RepairStep) -> str:
    if step.state is StepState.PROVED:
        return REPAIRED
    if step.state is StepState.SKIPPED and step.cause == Cause.NOT_DUE:
        return NOTHING_DUE
    return NOT_REPAIRED if step.attempt else NOT_RUN


def step_receipt(repair: Repair, step: RepairStep, revision: str, now: datetime) -> Record:
    """`revision`: of the service, as far as it is known; else that of the plan."""
    body = {
        **_of_repair(repair),
        "step": step.seq,
        "result": result_of(step),
        "processor": step.processor,
        "date": f"{step.data_date}",
        "service": step.service,
        "revision": revision or repair.plan.steps[step.seq].revision,
        "attempt": step.attempt,
        "request": step.request_id,
        "execution": step.execution,
        "run": step.run_id,
        "verdict_before": step.verdict_before,
        "verdict_after": step.verdict_after,
        "rows_before": step.rows_before,
        "rows_after": step.rows_after,
        "started_at": time_of(step.started_at),
        "ended_at": time_of(step.ended_at),
        "reason": step.reason,
    }
    return record(now, "", ACT, subject_of(repair.id), body)


def repair_receipt(repair: Repair, steps: Sequence[RepairStep], again: Iterable[Again], now: datetime) -> Record:
    """Of one that has ended. `steps_digest` is over what its steps have come to."""
    planned = [step for step in steps if is_planned(repair, step)]
    results = [result_of(step) for step in planned]
    judged = [
        {"processor": each.processor, "date": f"{each.data_date}", "verdict": each.verdict, "because": each.because}
        for each in again
    ]
    body = {
        **_of_repair(repair),
        "result": _together(results),
        "state": repair.state.value,
        "steps": len(planned),
        "proved": results.count(REPAIRED),
        "nothing_due": results.count(NOTHING_DUE),
        "not_repaired": results.count(NOT_REPAIRED),
        "not_run": results.count(NOT_RUN),
        "steps_digest": steps_digest(planned),
        "dependents": json.dumps(judged, separators=(",", ":")),
        "started_at": time_of(repair.started_at),
        "ended_at": time_of(repair.ended_at),
        "reason": repair.reason,
    }
    return record(now, "", ACT, subject_of(repair.id), body)


def _together(results: Sequence[str]) -> str:
    """Repaired only where something was proved right, and all else had nothing due."""
    if not results or not set(results) <= {REPAIRED, NOTHING_DUE}:
        return NOT_REPAIRED
    return REPAIRED if REPAIRED in results else NOTHING_DUE


def steps_digest(planned: Iterable[RepairStep]) -> str:
    said = [(each.seq, *each.key, each.state, each.cause, each.attempt, each.run_id, each.reason) for each in planned]
    found = [(each.verdict_before, each.verdict_after, each.rows_before, each.rows_after) for each in planned]
    return hashlib.sha256(json.dumps([said, found], separators=(",", ":"), default=str).encode()).hexdigest()


def receipts_in(links: Iterable[Link]) -> list[Receipt]:
    return [Receipt(link, json.loads(link.record.body)) for link in links if link.record.act == ACT]


def _of_repair(repair: Repair) -> dict[str, object]:
    return {
        "repair": repair.label,
        "id": repair.id,
        "plan": repair.plan.hash,
        "asked_by": repair.asked_by.key,
        "approved_by": repair.approved_by.key if repair.approved_by is not None else "",
    }


def time_of(moment: datetime | None) -> str:
    """As a receipt writes it."""
    return "" if moment is None else moment.isoformat()
