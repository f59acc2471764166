"""A database of an older release, with rows in it, brought to this one."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, insert

from bot.adapters.state.database import open_engine, writing
from bot.adapters.state.migrate import check, migrate, upgrade
from bot.adapters.state.rows import finding_body
from bot.adapters.state.stores import SqlState
from bot.domain.findings.finding import Finding, FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import Part
from tests.contracts.states import SQL_KINDS, address
from tests.support.gate_story import DAY, START, finding

FIRST = finding("Gamebook", severity="P1", severity_reason="the processor is HIGH")
WORSE = finding("Gamebook", FindingKind.UPSTREAM_CASCADE, severity="P0", severity_reason="it blocks predictions")


@pytest.fixture(params=SQL_KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(address(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")))
    with writing(engine) as connection:
        upgrade(connection, "0001")
        _fill(connection)
    yield engine
    engine.dispose()


def _fill(connection: Connection) -> None:
    """Three incidents, the last announced first; one has a finding and what was decided of it, one has nothing left."""
    tables = MetaData()
    tables.reflect(connection)
    announced = {"late": 30, "early": 10, "bare": 20}
    connection.execute(insert(tables.tables["incident"]), [_incident(*each) for each in announced.items()])
    for minutes, said in ((10, FIRST), (15, WORSE), (16, FIRST)):
        connection.execute(insert(tables.tables["decision"]), _decision("early", minutes, said))
    connection.execute(insert(tables.tables["decision"]), _decision("late", 30, FIRST))
    connection.execute(insert(tables.tables["finding"]), _alert("early"))


def _incident(name: str, minutes: int) -> dict[str, Any]:
    at = START + timedelta(minutes=minutes)
    times = dict.fromkeys(("first_seen", "announced_at", "last_update_at"), at)
    lists: dict[str, Any] = {"processors": ["Gamebook"], "data_dates": [DAY.isoformat()], "impact": [], "flips": []}
    words = {"kind": "upstream_cascade", "family": "outcome", "severity": "P0", "state": "open", "error_class": ""}
    return {"id": name, "fingerprint": name, **times, **lists, **words, "members": [], "flapping": False, "version": 1}


def _decision(incident: str, minutes: int, said: Finding) -> dict[str, Any]:
    words = {"outcome": "announce", "reason": "P0", "root": said.root, "severity": said.severity.value, "hidden_by": ""}
    at = START + timedelta(minutes=minutes)
    rest = {"escalated": False, "members": 1, "detail": "", "body": _old_body(said)}
    return {"at": at, "fingerprint": f"{incident}{minutes}", "incident": incident, **words, **rest}


def _alert(incident: str) -> dict[str, Any]:
    words = {"root": "Gamebook", "kind": WORSE.kind.value, "severity": "P0", "outcome": "announce", "reason": "P0"}
    times = {"first_held_at": START, "last_held_at": START, "data_date": DAY}
    places = {"incident": incident, "home": incident, "rooted": True, "holding": True, "hidden_by": ""}
    return {"fingerprint": WORSE.fingerprint, "body": _old_body(WORSE), **words, **times, **places}


def _old_body(said: Finding) -> dict[str, Any]:
    """As the older release wrote it."""
    return {name: value for name, value in finding_body(said).items() if name not in ("failures", "error", "rows")}


def test_incidents_are_numbered_as_they_were_announced(engine: Engine) -> None:
    assert migrate(engine)[0] == "0001"
    check(engine)
    state = SqlState(engine)
    assert [(each.id, each.label) for each in state.open_incidents()] == [
        ("early", "INC-1"),
        ("bare", "INC-2"),
        ("late", "INC-3"),
    ]


def test_what_an_incident_is_called_by_is_its_gravest_finding(engine: Engine) -> None:
    migrate(engine)
    early, bare, late = SqlState(engine).open_incidents()
    assert (early.headline, early.severity_reason) == (WORSE, "it blocks predictions")
    assert late.headline == FIRST
    assert (bare.headline.processors, bare.headline.data_date) == (("Gamebook",), DAY)
    assert (bare.headline.severity, bare.parts) == (Severity.P0, (Part(FindingKind.UPSTREAM_CASCADE, DAY),))


def test_findings_keep_where_they_stood(engine: Engine) -> None:
    migrate(engine)
    (alert,) = SqlState(engine).members("early")
    assert (alert.finding, alert.is_root, alert.announced_in) == (WORSE, True, "early")
