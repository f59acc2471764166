"""Repairs, their steps and the circuits, as rows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from bot.adapters.state import repair_tables as tables
from bot.adapters.state.database import reading
from bot.adapters.state.writing import insert_new
from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.execution import Cause
from bot.domain.reprocessing.plan import Plan, StepKey
from bot.domain.reprocessing.repair import (
    PLANS_KEPT,
    SETTLED,
    TRIED,
    UNFINISHED,
    Circuit,
    Person,
    Repair,
    RepairState,
    RepairStep,
    StepState,
)
from bot.domain.reprocessing.second import counted

REPAIR, STEP, CIRCUIT = tables.repair, tables.repair_step, tables.circuit
LOCK = 7_304_912
"""Of PostgreSQL's advisory locks the one that lets only one transaction number or start a repair at a time."""
NOT_ANEW = frozenset({"plan", "channel", "ts"})
"""What is stored once, and what delivery says."""
BARE = select(*(column for column in REPAIR.c if column.name != "plan"))
MOST_PLANS = 32
"""Plans of thousands of steps take long to read, and never change: the last ones are remembered."""
_PLAN, _PERSON = TypeAdapter(Plan), TypeAdapter(Person | None)
_SETTLED, _UNFINISHED = [each.value for each in SETTLED], [each.value for each in UNFINISHED]


class SqlRepairRecord:
    """Implements `bot.ports.repairs.RepairRecord`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, repair: Repair) -> bool:
        row = _row(replace(repair, version=repair.version + 1))
        too_old = (REPAIR.c.state == RepairState.PLANNED.value) & (REPAIR.c.asked_at < repair.asked_at - PLANS_KEPT)
        self._connection.execute(delete(REPAIR).where(too_old))
        return insert_new(self._connection, REPAIR, [row]) == 1

    def put(self, after: Repair) -> Repair | None:
        stored = replace(self._numbered(after), version=after.version + 1)
        same = (REPAIR.c.id == after.id) & (REPAIR.c.version == after.version)
        changed = {name: value for name, value in _row(stored).items() if name not in NOT_ANEW}
        done = self._connection.execute(update(REPAIR).where(same).values(**changed)).rowcount == 1
        return stored if done else None

    def set_message(self, repair_id: str, message: MessageRef) -> bool:
        change = update(REPAIR).where(REPAIR.c.id == repair_id)
        return self._connection.execute(change.values(channel=message.channel, ts=message.ts)).rowcount == 1

    def _numbered(self, repair: Repair) -> Repair:
        """What is more than planned has a number; what was withdrawn before needs none."""
        if repair.number or repair.state in (RepairState.PLANNED, RepairState.CANCELLED):
            return repair
        self._lock()
        last = self._connection.scalar(select(func.max(REPAIR.c.number))) or 0
        return replace(repair, number=last + 1)

    def _lock(self) -> None:
        """One at a time; SQLite writes one at a time anyway."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})

    def in_flight(self) -> dict[StepKey, str]:
        self._lock()
        return _in_flight(self._connection)

    def add_steps(self, steps: Iterable[RepairStep]) -> None:
        rows = [_step_row(replace(step, version=step.version + 1)) for step in steps]
        if rows:
            self._connection.execute(insert(STEP), rows)

    def put_step(self, after: RepairStep) -> bool:
        same = (STEP.c.repair == after.repair) & (STEP.c.seq == after.seq) & (STEP.c.version == after.version)
        row = _step_row(replace(after, version=after.version + 1))
        return self._connection.execute(update(STEP).where(same).values(**row)).rowcount == 1

    def on_service(self, service: str) -> list[str]:
        self._lock()
        return _on_service(self._connection, service)

    def last_ended(self, processor: str, most: int) -> list[RepairStep]:
        ended = (STEP.c.processor == processor) & STEP.c.state.in_([each.value for each in TRIED])
        query = select(STEP).where(ended).order_by(STEP.c.ended_at.desc(), STEP.c.seq.desc()).limit(most)
        return [_step(row) for row in self._connection.execute(query).mappings()]

    def open_circuit(self, circuit: Circuit) -> bool:
        return insert_new(self._connection, CIRCUIT, [dict(vars(circuit))]) == 1

    def close_circuit(self, processor: str) -> bool:
        return self._connection.execute(delete(CIRCUIT).where(CIRCUIT.c.processor == processor)).rowcount == 1


class SqlRepairs:
    """Implements `bot.ports.repairs.Repairs`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._plans: dict[str, Plan] = {}

    def of(self, repair_id: str) -> Repair | None:
        return next(iter(self._found(BARE.where(REPAIR.c.id == repair_id))), None)

    def numbered(self, number: int) -> Repair | None:
        return next(iter(self._found(BARE.where(REPAIR.c.number == number))), None)

    def unfinished(self) -> list[Repair]:
        return self._found(BARE.where(REPAIR.c.state.in_(_UNFINISHED)).order_by(REPAIR.c.number))

    def latest(self, most: int) -> list[Repair]:
        known = BARE.where(REPAIR.c.number.is_not(None))
        return self._found(known.order_by(REPAIR.c.number.desc()).limit(most))

    def _found(self, query: Select[Any]) -> list[Repair]:
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
            plans = {row["id"]: self._plans[row["id"]] for row in rows if row["id"] in self._plans}
            lacking = [row["id"] for row in rows if row["id"] not in plans]
            read = select(REPAIR.c.id, REPAIR.c.plan).where(REPAIR.c.id.in_(lacking))
            plans |= {row[0]: _plan(row[1]) for row in (connection.execute(read) if lacking else ())}
        self._plans = dict([*(self._plans | plans).items()][-MOST_PLANS:])
        return [_repair(row, plans[row["id"]]) for row in rows]

    def steps_mark(self, repair_id: str) -> int:
        query = select(func.coalesce(func.sum(STEP.c.version), 0)).where(STEP.c.repair == repair_id)
        with reading(self._engine) as connection:
            return int(connection.scalar(query) or 0)

    def steps(self, repair_id: str) -> list[RepairStep]:
        query = select(STEP).where(STEP.c.repair == repair_id).order_by(STEP.c.seq)
        with reading(self._engine) as connection:
            return [_step(row) for row in connection.execute(query).mappings()]

    def in_flight(self) -> dict[StepKey, str]:
        with reading(self._engine) as connection:
            return _in_flight(connection)

    def repaired(self, since: datetime) -> dict[StepKey, int]:
        begun = (STEP.c.started_at >= since) | STEP.c.earlier.is_not(None)
        with reading(self._engine) as connection:
            steps = [_step(row) for row in connection.execute(select(STEP).where(begun)).mappings()]
        return counted(((step.key, step.repaired_at) for step in steps), since)

    def on_service(self, service: str) -> list[str]:
        with reading(self._engine) as connection:
            return _on_service(connection, service)

    def may_go_on(self, since: datetime) -> list[RepairStep]:
        stopped = (REPAIR.c.state == RepairState.CANCELLED.value) & (REPAIR.c.ended_at >= since)
        query = select(STEP).join_from(STEP, REPAIR, REPAIR.c.id == STEP.c.repair)
        with reading(self._engine) as connection:
            found = connection.execute(query.where(stopped, STEP.c.cause == Cause.MAY_GO_ON.value)).mappings()
            return [_step(row) for row in found]

    def circuits(self) -> Sequence[Circuit]:
        with reading(self._engine) as connection:
            rows = connection.execute(select(CIRCUIT).order_by(CIRCUIT.c.processor)).mappings()
            return [Circuit(**row) for row in rows]


def _in_flight(connection: Connection) -> dict[StepKey, str]:
    query = _left(STEP.c.processor, STEP.c.data_date, REPAIR.c.number)
    return {StepKey(row[0], row[1]): f"R-{row[2]}" for row in connection.execute(query)}


def _on_service(connection: Connection, service: str) -> list[str]:
    query = _left(REPAIR.c.number).where(STEP.c.service == service).distinct().order_by(REPAIR.c.number)
    return [f"R-{number}" for number in connection.scalars(query)]


def _left(*columns: ColumnElement[Any]) -> Select[Any]:
    """Of steps that are not settled, of repairs that are not over."""
    both = select(*columns).join_from(STEP, REPAIR, REPAIR.c.id == STEP.c.repair)
    return both.where(REPAIR.c.state.in_(_UNFINISHED), STEP.c.state.not_in(_SETTLED))


def _row(repair: Repair) -> dict[str, Any]:
    parts = {
        "id": repair.id,
        "number": repair.number or None,
        "state": repair.state.value,
        "plan": _PLAN.dump_python(repair.plan, mode="json"),
        "asked_by": _PERSON.dump_python(repair.asked_by, mode="json"),
        "approved_by": _PERSON.dump_python(repair.approved_by, mode="json"),
        "channel": repair.message.channel if repair.message else None,
        "ts": repair.message.ts if repair.message else None,
    }
    plain = {name: value for name, value in vars(repair).items() if name not in (*parts, "message")}
    return {**plain, **parts}


def _plan(stored: Any) -> Plan:
    return _PLAN.validate_python(stored, strict=False)


def _repair(row: RowMapping, plan: Plan) -> Repair:
    parts: dict[str, Any] = {
        "number": row["number"] or 0,
        "state": RepairState(row["state"]),
        "plan": plan,
        "asked_by": _PERSON.validate_python(row["asked_by"]),
        "approved_by": _PERSON.validate_python(row["approved_by"]),
        "message": MessageRef(row["channel"], row["ts"]) if row["ts"] else None,
    }
    plain = {name: value for name, value in row.items() if name not in (*parts, "id", "channel", "ts")}
    return Repair(**plain, **parts)


def _step_row(step: RepairStep) -> dict[str, Any]:
    earlier = [each.isoformat() for each in step.earlier] or None
    return {**vars(step), "state": step.state.value, "after": list(step.after), "earlier": earlier}


def _step(row: RowMapping) -> RepairStep:
    earlier = tuple(datetime.fromisoformat(each) for each in row["earlier"] or ())
    return RepairStep(**{**row, "state": StepState(row["state"]), "after": tuple(row["after"]), "earlier": earlier})
