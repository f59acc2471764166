"""Whatever is typed: an answer, or one message and a non-zero exit code; never a traceback."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli.app import app
from tests.support.builders import World, failed, game, run

TYPED = st.one_of(
    st.sampled_from(
        ["--days", "--phase", "--processor", "--as-of", "--json", "--all", "--help", "-7", "7", "0", "2", "Box", "--"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12),
    st.integers().map(str),
    st.datetimes().map(str),
)
COMMANDS = ["health", "load", "query", "check-config", "web", "worker", "registry", "nonsense"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    directory = World([run("a"), failed("b")], game_schedule=[game()]).write(tmp_path_factory.mktemp("data"))
    assert CliRunner().invoke(app, ["load", str(directory), "--home", str(home)]).exit_code == 0
    return home


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(COMMANDS), st.lists(TYPED, max_size=4))
def test_no_arguments_lead_to_a_traceback(home: Path, command: str, arguments: list[str]) -> None:
    result = CliRunner().invoke(app, [command, *arguments], env={"FIRELINE_HOME": str(home)})
    assert result.exception is None or type(result.exception) is SystemExit, (command, arguments, result.exception)
    assert result.exit_code in (0, 1, 2)
    if result.exit_code == 1:
        assert result.stderr.strip()


@pytest.mark.parametrize("command", COMMANDS[:-1])
def test_each_command_has_help(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_no_command_shows_them_all() -> None:
    result = CliRunner().invoke(app, [], env={"COLUMNS": "200"})
    assert all(command in result.output for command in COMMANDS[:-1])
