"""`fireline migrate`, and the state as the settings name it."""

import json
import logging
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from bot.adapters.state import migrations, starting
from bot.cli.app import app
from bot.config.settings import Settings
from bot.domain.errors import BadInput, StateUnavailable
from bot.state_adapters import state
from tests.support.gate_story import START

NEWEST = max(path.name[1:5] for path in Path(migrations.__file__).parent.glob("versions/r0*.py"))


def fireline(*arguments: str, **environment: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["migrate", *arguments], env=environment)
    return done.exit_code, done.stdout, done.stderr


def test_an_empty_home_gets_a_database(tmp_path: Path) -> None:
    code, said, _ = fireline("--home", str(tmp_path / "new"))
    assert (code, said) == (0, f"The state database is now at revision {NEWEST} (it was empty).\n")
    assert (tmp_path / "new" / "state.db").exists()
    assert fireline("--home", str(tmp_path / "new"))[1] == f"The state database is up to date (revision {NEWEST}).\n"


def test_another_place_and_json(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/else/where.db"
    code, said, _ = fireline("--json", FIRELINE_DATABASE_URL=url)
    assert (code, json.loads(said)) == (0, {"before": None, "after": NEWEST})
    assert (tmp_path / "else" / "where.db").exists()


def test_a_wrong_address_is_one_message(tmp_path: Path) -> None:
    code, said, error = fireline("--home", str(tmp_path), FIRELINE_DATABASE_URL="mysql://me:secret@there/db")
    assert (code, said) == (1, "")
    assert error.startswith("fireline: FIRELINE_DATABASE_URL names mysql://me:***@there/db, which cannot hold")


def test_an_embedded_state_brings_itself_up_to_date(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "fireline.state"):
        for _ in range(2):
            with state(Settings(home=tmp_path)) as opened:
                assert opened.silences(START) == []
    said = [record.getMessage() for record in caplog.records if record.name == "fireline.state"]
    assert said == [f"the state database is now at revision {NEWEST} (it was empty)"]


def test_a_state_of_several_processes_has_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "WITHIN_S", 0.0)
    url = SecretStr(f"postgresql://someone@/state?host={tmp_path}")
    with pytest.raises(StateUnavailable, match="cannot be used"), state(Settings(home=tmp_path, database_url=url)):
        pass
    with pytest.raises(BadInput), state(Settings(home=tmp_path, database_url=SecretStr("nonsense"))):
        pass
