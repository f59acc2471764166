"""Migrations stand in one row: each has a number of its own, in its file's name too, and follows the one before."""

from alembic.script import ScriptDirectory

from bot.adapters.state.migrate import MIGRATIONS


def test_each_migration_follows_the_one_before() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    numbered = sorted(path.name[1:5] for path in (MIGRATIONS / "versions").glob("r*.py"))
    row = [each.revision for each in scripts.walk_revisions()][::-1]
    assert row == numbered
    assert [each.down_revision for each in scripts.walk_revisions()][::-1] == [None, *numbered[:-1]]
