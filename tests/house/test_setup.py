"""`.ci/setup` installs what a lock names, and only when something has changed. A stub stands for Python and pip."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.project import ROOT

STUB = """#!/bin/sh
case "$1 $2" in
"-c import sys; print"*) echo "$VERSION" ;;
"-c "*) exit 0 ;;
"-m venv") rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python" && echo "new $4" >>"$LOG" ;;
"-m pip")
    case "$*" in
    *" check") exit "$CHECK" ;;
    *--editable*) echo "project" >>"$LOG" ;;
    *) echo "${*##* -r }" >>"$LOG" && eval "$PIP" ;;
    esac ;;
esac
"""
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-bqemulator.txt", "pyproject.toml")


@dataclass
class Checkout:
    folder: Path

    said: str = ""

    def setup(self, what: str, *, version: str = "3.12.1", check: int = 0, pip: str = "") -> tuple[list[str], str]:
        """What was done, and what was said on standard error; `said` on standard output. `pip`: what else it does."""
        log = self.folder / "log"
        log.write_text("")
        environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHON": str(self.folder / "stub"),
            "VERSION": version,
            "LOG": str(log),
            "CHECK": str(check),
            "PIP": pip,
        }
        done = subprocess.run(
            ["sh", ".ci/setup", what], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        self.said = done.stdout
        assert (done.returncode == 0) == (done.stderr == ""), done.stderr
        return log.read_text().splitlines(), done.stderr

    def change(self, name: str) -> None:
        with (self.folder / name).open("a") as file:
            file.write("changed\n")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    for name in LOCKS:
        (folder / name).write_text(name)
    (folder / "stub").write_text(STUB)
    (folder / "stub").chmod(0o755)
    return Checkout(folder)


def test_the_product_first_then_the_tools_then_nothing(checkout: Checkout) -> None:
    assert checkout.setup("product") == (["new .venv", "requirements.txt", "project"], "")
    assert checkout.setup("tools") == (["requirements-dev.txt", "project"], "")
    assert checkout.setup("product") == checkout.setup("tools") == ([], "")


def test_a_new_lock_makes_a_new_environment_that_keeps_the_tools(checkout: Checkout) -> None:
    checkout.setup("tools")
    checkout.change("requirements.txt")
    checkout.change("requirements-dev.txt")
    assert checkout.setup("product") == (["new .venv", "requirements-dev.txt", "project"], "")
    assert checkout.setup("tools") == ([], "")


def test_a_changed_project_is_installed_again_alone(checkout: Checkout) -> None:
    checkout.setup("tools")
    checkout.change("pyproject.toml")
    assert checkout.setup("product") == (["project"], "")


def test_an_environment_that_was_moved_is_made_again(checkout: Checkout) -> None:
    checkout.setup("product")
    moved = Checkout(checkout.folder.rename(checkout.folder.with_name("moved")))
    assert moved.setup("product")[0][0] == "new .venv"


def test_the_emulator_has_an_environment_of_its_own(checkout: Checkout) -> None:
    assert checkout.setup("emulator") == (["new .venv-bqemulator", "requirements-bqemulator.txt"], "")


def test_an_incomplete_lock_stops_set_up_each_time(checkout: Checkout) -> None:
    for _ in range(2):
        done, said = checkout.setup("product", check=1)
        assert done == ["new .venv", "requirements.txt"]
        assert "FAILED  requirements.txt does not hold all that is asked for: make lock" in said


def test_a_set_up_says_what_it_has_done(checkout: Checkout) -> None:
    (checkout.folder / "requirements.txt").write_text("# lock\none==1 \\\n    --hash=sha256:1\ntwo==2\n")
    checkout.setup("product")
    assert "  setup   2 packages of requirements.txt are there after " in checkout.said
    checkout.setup("product")
    assert checkout.said == ""


def test_a_set_up_says_what_it_does_before_anything_is_fetched(checkout: Checkout) -> None:
    script = checkout.folder / ".ci/setup"
    script.write_text(script.read_text().replace("sleep 5", "sleep 0.1"))
    checkout.setup("product", pip="sleep 1")
    assert "  setup   fetching 0 of 1 packages (" in checkout.said


def test_what_pip_said_is_shown_where_it_fails(checkout: Checkout) -> None:
    done, said = checkout.setup("product", pip="echo 'no wheel for one'; exit 1")
    assert done == ["new .venv", "requirements.txt"]
    assert said == "no wheel for one\n  FAILED  requirements.txt could not be installed\n"
    assert checkout.setup("product")[0] == ["new .venv", "requirements.txt", "project"]


@pytest.mark.parametrize(
    ("version", "reason"), [("3.10.4", "is 3.10.4, too old"), ("3.15.0", "is 3.15.0, newer than the locks")]
)
def test_a_python_without_wheels_is_named(checkout: Checkout, version: str, reason: str) -> None:
    done, said = checkout.setup("product", version=version)
    assert done == []
    assert reason in said
    assert "Fireline needs Python 3.11 to 3.14 with venv" in said


def test_this_python_is_one_that_the_locks_have_wheels_for() -> None:
    found = subprocess.run(
        ["sh", ".ci/python"], cwd=ROOT, env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable}, capture_output=True
    )
    assert found.returncode == 0
