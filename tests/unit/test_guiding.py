"""The runbooks in use follow their files."""

import os
from pathlib import Path

from bot.guiding import RunbookFiles
from tests.support.runbook_texts import LOST


def test_a_changed_file_is_read_again_and_one_with_a_fault_is_left_out(tmp_path: Path) -> None:
    files = RunbookFiles(tmp_path)
    assert len(files()) == 10
    own = tmp_path / "runbooks"
    own.mkdir()
    (own / "a.md").write_text(LOST)
    assert [each.id for each in files()] == ["lost-date"]
    known = files()
    assert files() is known
    (own / "a.md").write_text(LOST.replace("A lost date", "A date that is lost"))
    assert [each.title for each in files()] == ["A date that is lost"]
    (own / "b.md").write_text("nothing")
    assert [each.id for each in files()] == ["lost-date"]
    (own / "a.md").unlink()
    assert files() == ()
    os.rename(own, tmp_path / "gone")
    assert len(files()) == 10
