"""Migrations stand in one row: each has a number of its own, in its file's name too, and follows the one before."""

import ast
from collections.abc import Iterator
from pathlib import Path

from alembic.script import ScriptDirectory

from bot.adapters.state.migrate import MIGRATIONS


def test_each_migration_follows_the_one_before() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    numbered = sorted(path.name[1:5] for path in (MIGRATIONS / "versions").glob("r*.py"))
    row = [each.revision for each in scripts.walk_revisions()][::-1]
    assert row == numbered
    assert [each.down_revision for each in scripts.walk_revisions()][::-1] == [None, *numbered[:-1]]


CONTRACTED = "r0017"
"""The last that took away what an older release reads: a replica of that stopped opening incidents, in the pit."""
TAKES_AWAY = ("drop_", "alter_column", "rename_")


def test_a_migration_takes_nothing_from_the_release_before() -> None:
    """So a release starts on tables that are AHEAD of its own (bot/adapters/state/migrate.py): what takes something
    away waits until no release within as many migrations reads it. Replicas of both work during a deploy:
    `python -m benchmarks.reliability deploys --older FOLDER`.
    """
    files = [path for path in sorted((MIGRATIONS / "versions").glob("r*.py")) if path.name[:5] > CONTRACTED]
    assert {path.name: found for path in files if (found := list(_taken(path)))} == {}


def _taken(path: Path) -> Iterator[str]:
    """Calls of its upgrade that an older release may trip over."""
    functions = [each for each in ast.parse(path.read_text()).body if isinstance(each, ast.FunctionDef)]
    [upgrade] = [each for each in functions if each.name == "upgrade"]
    for call in ast.walk(upgrade):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr.startswith(TAKES_AWAY) or (call.func.attr == "add_column" and _is_asked_for(call)):
            yield ast.unparse(call)


def _is_asked_for(call: ast.Call) -> bool:
    """A column without which no row is taken."""
    column = next(each for each in call.args if isinstance(each, ast.Call))
    given = {each.arg: ast.unparse(each.value) for each in column.keywords}
    return given.get("nullable") == "False" and "server_default" not in given
