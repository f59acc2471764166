"""`fireline audit` over a state that people have changed, and that somebody has tampered with."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.adapters.anchors import Anchors
from bot.cli.app import app
from bot.config.settings import Settings
from bot.domain.audit import record
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.services.gate import GateService
from bot.services.responses import ResponseService
from bot.state_adapters import state
from tests.support.gate_story import RULES, finding
from tests.support.pager import member, person
from tests.support.rotas import PLAN

SECRET = "a key that nobody else has"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIRELINE_AUDIT_KEY", SECRET)
    monkeypatch.setenv("FIRELINE_AUDIT_ANCHORS", str(tmp_path / "anchors.txt"))
    now = datetime(2026, 1, 20, 12, tzinfo=UTC)
    settings = Settings(home=tmp_path)
    with state(settings) as store:
        lost = finding("Gamebook", severity="P0", since=now, evident_at=now)
        GateService(store, RULES, escalation=EscalationPolicy()).tick(now, [lost])
        people = ResponseService(store, lambda _: PLAN, identify=member)
        people.take_over(people.incident("INC-1"), person("Ana"), now)
        Anchors(settings.audit_anchors).drop(store.audit_end(), now)
        people.mitigate(people.incident("INC-1"), person("Ana"), now)
    return tmp_path


def fireline(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", *arguments, "--home", str(home)])


def tamper(home: Path, *statements: str) -> None:
    """With everything that whoever owns the database may do."""
    with sqlite3.connect(home / "state.db") as connection:
        for name in ("update", "delete"):
            connection.execute(f"drop trigger audit_is_kept_from_{name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_an_untouched_chain_is_whole(home: Path) -> None:
    found = fireline(home, "verify")
    assert (found.exit_code, found.stdout) == (0, "Whole: 3 records, 1 anchor.\n")
    said = json.loads(fireline(home, "verify", "--json").stdout)
    assert said == {"whole": True, "records": 3, "anchors": 1, "unsealed": 0, "key": True, "faults": []}


def test_without_a_key_it_says_what_that_means(tmp_path: Path) -> None:
    with state(Settings(home=tmp_path)):
        pass
    said = fireline(tmp_path, "verify").stdout
    assert "could make another chain" in " ".join(said.split())
    assert max(map(len, said.splitlines())) <= 80


def test_a_changed_record_is_named(home: Path) -> None:
    tamper(home, "update audit set actor = 'Zoe' where seq = 2")
    found = fireline(home, "verify")
    assert found.exit_code == 1
    assert found.stdout == "record 2 was changed\nNOT WHOLE: 1 fault in 3 records, 1 anchor.\n"


def test_a_chain_that_was_cut_off_is_found_by_its_anchors_in_a_log(home: Path) -> None:
    line = (home / "anchors.txt").read_text().split(" ", 1)[1]
    (home / "log.txt").write_text(f"12:00:00 INFO fireline.audit audit anchor {line}another line\n")
    tamper(
        home,
        "delete from audit where seq > 1",
        "update audit_head set seq = 1, hash = (select hash from audit where seq = 1)",
    )
    found = fireline(home, "verify", "--anchors", str(home / "log.txt"))
    assert "record 2 is gone: an anchor outside the database knows it" in found.stdout
    assert found.exit_code == 1


def test_a_file_without_anchors_proves_nothing(home: Path) -> None:
    (home / "empty.txt").write_text("nothing\n")
    found = fireline(home, "verify", "--anchors", str(home / "empty.txt"))
    assert (found.exit_code, "has no anchors" in found.output) == (1, True)
    assert "No such file" in fireline(home, "verify", "--anchors", str(home / "none.txt")).output


def test_what_was_done_about_an_incident_is_listed(home: Path) -> None:
    lines = fireline(home, "list", "INC-1").stdout.splitlines()
    assert [line.split("  ")[-3:] for line in lines] == [
        ["fireline", "opened", "It began as P0"],
        ["slack:UANA", "acknowledged", "Ana has it"],
        ["slack:UANA", "mitigated", "Ana says that the harm has stopped"],
    ]
    said = json.loads(fireline(home, "list", "1", "--json").stdout)
    assert [(each["seq"], each["actor"]) for each in said] == [(1, "fireline"), (2, "slack:UANA"), (3, "slack:UANA")]
    assert "There is no incident 'INC-9'" in fireline(home, "list", "INC-9").output


def test_each_subject_is_listed_and_an_unknown_one_says_what_there_is(home: Path) -> None:
    at = datetime(2026, 1, 21, 9, tzinfo=UTC)
    subjects = (
        "circuit:Gamebook",
        "service:raw",
        "runbook:RB-2",
        "cover:C1",
        "configuration",
        "repair:A/1",
        "receipt:A",
    )
    with state(Settings(home=home)) as store, store.transaction() as tx:
        for subject in subjects:
            tx.audit.add(record(at, "slack:UANA", "act", subject, {}))

    def listed(*asked: str) -> list[str]:
        return [each["subject"] for each in json.loads(fireline(home, "list", *asked, "--json").stdout)]

    for asked in ("circuit:Gamebook", "circuit", "gamebook", "Circuit:gamebook"):
        assert listed(asked) == ["circuit:Gamebook"]
    assert listed("RB-2") == ["runbook:RB-2"]
    assert listed("oncall") == ["cover:C1"]
    assert listed("configuration") == ["configuration"]
    assert listed("A") == ["repair:A/1", "receipt:A"]
    assert listed("repair:A") == ["repair:A/1"]
    assert listed("receipt:A") == ["receipt:A"]
    assert listed("--since", "2026-01-21") == list(subjects)
    assert listed("service", "--since", "2026-01-22") == []
    assert "  service:raw  act  " in fireline(home, "list", "raw").stdout
    assert (
        "Nothing is recorded since 2026-01-22 00:00 UTC"
        in fireline(home, "list", "raw", "--since", "2026-01-22").output
    )
    wrong = fireline(home, "list", "gamebok")
    assert wrong.exit_code == 1
    assert "Nothing is recorded of 'gamebok'. Did you mean Gamebook?" in " ".join(wrong.output.split())
    assert "incident (1), receipt (1)" in " ".join(wrong.output.split())
    assert "There is no repair 'R-9'" in fireline(home, "list", "R-9").output
    assert "Say of what, or since when." in fireline(home, "list").output
    assert "lies ahead" in fireline(home, "list", "--since", "2098-01-01").output


def test_where_nothing_is_stored_it_says_so(tmp_path: Path) -> None:
    assert "Nothing is stored in" in fireline(tmp_path / "else", "verify").output
