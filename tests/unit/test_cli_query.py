"""`fireline query`: every name it lists, it prints; anything else it refuses with the nearest."""

import re

import pytest
from typer.testing import CliRunner

from bot.cli.app import app


def lines(*arguments: str) -> list[str]:
    result = CliRunner().invoke(app, ["query", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_every_listed_query_is_printed_whole() -> None:
    names = lines()
    assert "health_counts_live" in names
    for name in names:
        text = "\n".join(lines(name))
        assert text.strip(), name
        assert re.search(r"{[a-z]", text) is None, f"{name} has a place that is not filled"


@pytest.mark.parametrize(
    "name", ["helth_counts", "", "../secrets", "health_counts_live.sql", "x" * 5_000, "{evidence}", "💥"]
)
def test_another_name_is_refused(name: str) -> None:
    result = CliRunner().invoke(app, ["query", name])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"fireline: There is no query {name!r}.")
    assert type(result.exception) is SystemExit


def test_the_nearest_name_is_suggested() -> None:
    result = CliRunner().invoke(app, ["query", "health_count_live"])
    assert "Did you mean health_counts_live" in result.stderr
