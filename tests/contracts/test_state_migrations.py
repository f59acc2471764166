"""A database of an older release, with rows in it, brought to this one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, insert, text

from bot.adapters.state.database import open_engine, writing
from bot.adapters.state.migrate import MIGRATIONS, check, downgrade, migrate, revisions, upgrade
from bot.adapters.state.rows import finding_body
from bot.adapters.state.stores import SqlState
from bot.domain.errors import BadInput
from bot.domain.findings.finding import Finding, FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.gate import declared
from bot.domain.gate.memory import GateResult
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.feedback import Feedback, Word
from bot.domain.incidents.incident import Part
from bot.domain.incidents.response import opened
from bot.domain.incidents.set_severity import SetSeverity
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.domain.oncall.covers import Cover
from bot.domain.reprocessing.repair import Person, Repair
from bot.ports.state import Committed
from tests.contracts.states import SQL_KINDS, address
from tests.contracts.test_state import SILENCE
from tests.contracts.test_state_responses import page
from tests.support.deploys import operation, seen
from tests.support.gate_story import DAY, START, finding
from tests.support.repairs import planned

FIRST = finding("Gamebook", severity="P1", severity_reason="the processor is HIGH")
WORSE = finding("Gamebook", FindingKind.UPSTREAM_CASCADE, severity="P0", severity_reason="it blocks predictions")

LATER = START + timedelta(days=1)
COVER = Cover(
    id="C1", rota="primary", asked_by="Ana", person="Ben", since=START, until=START + timedelta(days=1), asked_at=START
)


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


def test_every_release_can_be_gone_back_to_with_rows_in_every_table(engine: Engine) -> None:
    """Up to this one, filled, back to each before it and up again: what the older tables hold is kept."""
    head = migrate(engine)[1]
    state = SqlState(engine)
    note = replace(state.open_incidents()[0], id="note", number=0, version=0)
    with state.transaction() as tx:
        assert tx.gate.commit(START, GateResult((), (), (note,)), 0) is Committed.APPLIED
        assert tx.incidents.say("early", Feedback("U1", Word.NOISE, START))
        response = opened("early", Severity.P0, EscalationPolicy().of(Severity.P0), START)
        assert tx.responses.put(replace(response, set_severity=SetSeverity(Severity.P2, "Ana", "known", START)))
        assert tx.gate.declare(declared.opened(declared.Wanted("Predictions look wrong"), "V1", "Ana", LATER)[1])
        tx.responses.note([Entry("early", START, EntryKind.OPENED, "It began as P0")])
        tx.pages.add([page("p1", key="early:1")])
        tx.covers.add(COVER)
        tx.deploys.put(seen())
        assert tx.deploys.add(operation())
        assert tx.repairs.add(Repair(plan=planned(), asked_by=Person("slack:U1", "Ana"), asked_at=START))
    state.add_silence(SILENCE)
    state.add_silence(replace(SILENCE, id="S2", proposed=True))
    state.add_silence(replace(SILENCE, id="W1", since=LATER, announced_at=START))
    assert migrate(engine, "0014")[1] == "0014"
    words = ("'declared',", ": declared", ": unknown", "DECLARED")
    assert [row for row in _rows(engine) for word in words if word in row.replace('"', "'").replace(": '", ": ")] == []
    for number in range(13, 0, -1):
        assert migrate(engine, f"{number:04}")[1] == f"{number:04}"
    with engine.connect() as connection:
        kept = connection.execute(text("select id, version from incident order by id")).all()
        assert [row.id for row in kept] == ["bare", "declared:V1", "early", "late", "note"]
        assert connection.scalar(text("select home from finding")) == "early"
    assert migrate(engine)[1] == head
    assert (SqlState(engine).silences(START), SqlState(engine).silence("S2")) == ([SILENCE], None)
    ended = SqlState(engine).incident("declared:V1")
    assert ended is not None
    assert (ended.label, ended.is_open, ended.headline.explanation) == ("INC-5", False, "Predictions look wrong")
    assert [each.label for each in SqlState(engine).open_incidents()] == ["INC-1", "INC-2", "INC-3", "INC-4"]
    with writing(engine) as connection:
        downgrade(connection, "base")
        tables = MetaData()
        tables.reflect(connection)
    assert set(tables.tables) <= {"alembic_version"}


def _rows(engine: Engine) -> list[str]:
    """What older releases read of incidents, findings and decisions, but for their names."""
    texts = (
        "kind, family, headline, parts from incident",
        "kind, body, reason from finding",
        "body, reason from decision",
    )
    with engine.connect() as connection:
        found = [connection.execute(text(f"select {each}")).all() for each in texts]
    return [str(row) for rows in found for row in rows]


@pytest.mark.parametrize("to", ["0001", "0099", "head"])
def test_one_goes_back_only_to_what_was_before(engine: Engine, to: str) -> None:
    with pytest.raises(BadInput, match=f"'{to}' is not before it: there is none before it"):
        migrate(engine, to)


def test_revisions_are_those_that_alembic_finds() -> None:
    found = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    assert revisions() == found[::-1]
