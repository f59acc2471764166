"""What `fireline sources check` and `sync` print: one line a source, and each remark once."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError
from typer.testing import CliRunner

from bot.adapters.sources.sql_errors import _remedy, explained
from bot.cli.app import app
from bot.domain.sources import SourceFailed
from tests.contracts.sources import rigs
from tests.support.builders import registry_yaml, run

BUNDLED = Path(__file__).parents[2] / "config" / "nba"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sources that can be read, one whose mapping names no column, one whose query gives too few, one not there."""
    config = tmp_path / "config"
    with rigs.sqlite(tmp_path) as rig:
        rig.put([run("a", start=30), run("b", start=31)])
    config.mkdir()
    shutil.copy(BUNDLED / "policy.yaml", config)
    (config / "registry.yaml").write_text(registry_yaml())
    there = {"kind": "sql", "feeds": "runs", "url": f"sqlite:///{tmp_path}/history.db", "cursor": "inserted_at"}
    whole = {**there, "query": "SELECT * FROM history", "columns": rigs.THEIRS}
    entries = [
        {"name": "one", **whole},
        {"name": "two", **whole},
        {"name": "mapped", **whole, "columns": {**rigs.THEIRS, "records_processed": "rows_out"}},
        {"name": "few", **there, "query": "SELECT inserted_at, started_at FROM history"},
        {"name": "gone", **whole, "url": "sqlite:////nowhere/at.db"},
    ]
    (config / "sources.yaml").write_text(json.dumps({"sources": entries}))
    return tmp_path


def said(folder: Path, act: str) -> list[str]:
    environment = {"FIRELINE_HOME": str(folder / "home"), "FIRELINE_CONFIG": str(folder / "config"), "COLUMNS": "400"}
    done = CliRunner().invoke(app, ["sources", act], env=environment)
    assert done.exit_code == 1, done.output
    return sorted(done.output.splitlines())


def test_each_source_is_one_line(folder: Path) -> None:
    checked, synced = said(folder, "check"), said(folder, "sync")
    broken = ("mapped: the query: columns maps records_processed to rows_out", "few: the query: has no column", "gone:")
    for lines in (checked, synced):
        for begins in (*broken, "one:", "two:"):
            (line,) = (each for each in lines if each.startswith(begins))
            assert begins.startswith(("one", "two")) or line.endswith(("source gives.", "sqlite:///PATH."))
    assert len(checked) == 5
    assert len(synced) == len(set(synced)), "a remark is not made for each source"
    assert not [line for line in synced if "others go on" in line], "what is printed is not logged beside it"


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("failed to resolve host 'db.internal': Name or service not known", "Check the host"),
        ('connection to server failed: FATAL:  database "nope" does not exist', "Correct the name of the database"),
        ('connection failed: FATAL:  role "nobody" does not exist', "Check the user"),
        ('connection failed: FATAL:  password authentication failed for user "u"', "Check the user"),
        ("connection failed: Connection refused", "Check the host"),
        ("connection is bad: connection to server on socket failed: No such file or directory", "Check the host"),
        ("consuming input failed: server closed the connection unexpectedly", "It is tried again"),
        ('relation "history" does not exist', "Correct the query"),
        ("file is not a database", "Restore the file"),
    ],
)
def test_what_a_database_refuses_has_its_own_remedy(reason: str, remedy: str) -> None:
    assert _remedy(reason).startswith(remedy)


@pytest.mark.parametrize(
    ("denied", "query", "user", "command"),
    [
        ("table history", "SELECT * FROM history", "fireline", "GRANT SELECT ON history TO fireline;"),
        ("table history", "SELECT * FROM ops.history", "fireline", "GRANT SELECT ON ops.history TO fireline;"),
        ("view runs_v", 'SELECT * FROM "Ops".runs_v', "${DB_USER}", 'GRANT SELECT ON "Ops".runs_v TO ${DB_USER};'),
        ("materialized view m", "SELECT * FROM m", "Fire-Line", 'GRANT SELECT ON m TO "Fire-Line";'),
        ("schema ops", "SELECT * FROM ops.history", "fireline", "GRANT USAGE ON SCHEMA ops TO fireline;"),
        ('database "bank"', "", "fireline", "GRANT CONNECT ON DATABASE bank TO fireline;"),
    ],
)
def test_what_a_database_denies_is_granted_by_a_command(denied: str, query: str, user: str, command: str) -> None:
    address = f"postgresql://{user}:${{PASSWORD}}@db.internal:${{PORT}}/bank"
    with pytest.raises(SourceFailed) as refused, explained(address):
        raise ProgrammingError(query, {}, Exception(f"permission denied for {denied}"))
    assert refused.value.remedy == f"As its owner run `{command}`."
