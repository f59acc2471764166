"""`fireline` with standard streams as cron, systemd, `head` and full disks leave them: no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.context import errors_for_people
from tests.house.project import ROOT

FIRELINE = f"'{sys.executable}' -m bot"


def run(line: str, **environment: str) -> tuple[int, str]:
    """The exit code of a shell line, and what was said on standard error."""
    made = {**os.environ, "FIRELINE_HOME": "/nonexistent", **environment}
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, env=made, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


OUTPUTS = {
    "a reader that leaves": (f"set -o pipefail; {FIRELINE} manifest | true", 1, ""),
    "no output at all": (f"{FIRELINE} manifest >&-", 0, ""),
    "no stream at all": (f"{FIRELINE} manifest <&- >&- 2>&-", 0, ""),
    "a full disk": (f"{FIRELINE} manifest >/dev/full", 1, "No space left on device"),
    "an output to read from": (
        f"{FIRELINE} manifest 1</dev/null",
        1,
        "Bad file descriptor",
    ),
}


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(("line", "code", "said"), OUTPUTS.values(), ids=OUTPUTS)
def test_an_output_that_takes_nothing(line: str, code: int, said: str, unbuffered: str) -> None:
    found, error = run(line, PYTHONUNBUFFERED=unbuffered)
    assert "Traceback" not in error
    assert "None" not in error
    assert said in error
    read_all = 0 if "| true" in line else code
    assert found in (code, read_all)


def test_what_an_output_cannot_show_is_replaced(tmp_path: Path) -> None:
    line = f"{FIRELINE} replay --data '{tmp_path}/\u73ed' --out -"
    for encoding in ("latin-1", "ascii", "utf-8"):
        code, error = run(f"{line}; {FIRELINE} --help", PYTHONIOENCODING=encoding)
        assert "Traceback" not in error
        assert code == 0


@pytest.mark.parametrize(("error", "said"), [(OSError(), "OSError"), (OSError("pool is shut"), "pool is shut")])
def test_an_error_without_a_number_is_said_in_words(
    error: OSError, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit), errors_for_people():
        raise error
    assert capsys.readouterr().err.startswith(f"fireline: the operating system refused: {said}. Check disk")
