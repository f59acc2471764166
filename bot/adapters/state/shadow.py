"""Findings in shadow and their incidents as rows, apart from what people are told."""

from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import JSON, Boolean, Column, Connection, Engine, Integer, String, Table, func, or_, select

from bot.adapters.state import tables
from bot.adapters.state.columns import Utc
from bot.adapters.state.database import reading
from bot.adapters.state.writing import upsert
from bot.domain.gate.memory import GateMemory, GateResult
from bot.domain.incidents.incident import AlertState, Incident, numbered

shadow_finding = Table(
    "shadow_finding",
    tables.metadata,
    Column("fingerprint", String, primary_key=True),
    Column("last_held_at", Utc, nullable=False, index=True),
    Column("holding", Boolean, nullable=False),
    Column("incident", String, nullable=False),
    Column("body", JSON, nullable=False),
)
shadow_incident = Table(
    "shadow_incident",
    tables.metadata,
    Column("id", String, primary_key=True),
    Column("number", Integer, index=True),
    Column("announced_at", Utc, nullable=False, index=True),
    Column("resolved_at", Utc, index=True),
    Column("body", JSON, nullable=False),
)
_ALERT, _INCIDENT = TypeAdapter(AlertState), TypeAdapter(Incident)
FINDING, INCIDENT = shadow_finding.c, shadow_incident.c


class SqlShadowRecord:
    """Implements `bot.ports.shadow.ShadowRecord`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, result: GateResult) -> None:
        last = (self._connection.scalar(select(func.max(INCIDENT.number))) or 0) if result.incidents else 0
        alerts = [
            {
                "fingerprint": each.fingerprint,
                "last_held_at": each.last_held_at,
                "holding": each.holding,
                "incident": each.incident,
                "body": _ALERT.dump_python(each, mode="json"),
            }
            for each in result.alerts
        ]
        incidents = [
            {
                "id": each.id,
                "number": each.number or None,
                "announced_at": each.announced_at,
                "resolved_at": each.resolved_at,
                "body": _INCIDENT.dump_python(replace(each, version=each.version + 1), mode="json"),
            }
            for each in numbered(result.incidents, last)
        ]
        upsert(self._connection, shadow_finding, ("fingerprint",), alerts)
        upsert(self._connection, shadow_incident, ("id",), incidents)


class SqlShadow:
    """Implements `bot.ports.shadow.Shadow`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def remembered(self, now: datetime, repeat_window: timedelta) -> GateMemory:
        horizon = now - repeat_window
        opened = select(INCIDENT.id).where(INCIDENT.resolved_at.is_(None))
        kept = or_(FINDING.last_held_at >= horizon, FINDING.holding, FINDING.incident.in_(opened))
        known = or_(INCIDENT.resolved_at.is_(None), INCIDENT.resolved_at >= horizon)
        with reading(self._engine) as connection:
            alerts = [_ALERT.validate_python(body) for body in connection.scalars(select(FINDING.body).where(kept))]
            incidents = [
                _INCIDENT.validate_python(body) for body in connection.scalars(select(INCIDENT.body).where(known))
            ]
        return GateMemory({each.fingerprint: each for each in alerts}, {each.id: each for each in incidents})

    def incidents(self, since: datetime, until: datetime) -> list[Incident]:
        ended = or_(INCIDENT.resolved_at.is_(None), INCIDENT.resolved_at >= since)
        query = select(INCIDENT.body).where(INCIDENT.announced_at < until, ended)
        with reading(self._engine) as connection:
            found = [_INCIDENT.validate_python(body) for body in connection.scalars(query)]
        return sorted(found, key=lambda each: (each.announced_at, each.id))
