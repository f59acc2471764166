"""The `console` blocks of a document: commands after `$`, and what they print, run as a reader would run them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path
from shutil import copy, copytree

from tests.house.project import ROOT

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COLUMNS = "100"
"""A terminal's width; the tables fit themselves to it."""


@dataclass(frozen=True)
class Command:
    """One command of a document. `...` in `printed` stands for anything."""

    line: str
    printed: str

    @property
    def text(self) -> str:
        return f"$ {self.line}\n{self.printed}"

    def matches(self, output: str) -> bool:
        return OutputChecker().check_output(self.printed, output, ELLIPSIS)


def commands(document: str) -> Iterator[Command]:
    for block in BLOCK.findall(document):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, printed = part.partition("\n")
            yield Command(line, printed)


def run(command: Command, folder: Path) -> str:
    """What a command prints, standard output and errors together, in a folder beside which the project lies."""
    programs = Path(sys.executable).parent
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": COLUMNS,
        "PYTHONUNBUFFERED": "1",
    }
    done = subprocess.run(
        ["sh", "-c", command.line],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


LOADED = "fireline load docs/example >loaded.txt 2>&1"
"""How a document begins that shows something else: what it prints is shown by others."""


def take(home: Path, folder: Path) -> None:
    """As if LOADED had run in the folder, as it has in the other one."""
    for path in (home / "var").iterdir():
        if not path.is_symlink():
            (copytree if path.is_dir() else copy)(path, folder / "var" / path.name)
    copy(home / "loaded.txt", folder)


def prepare(folder: Path, sql_cache: Path) -> Path:
    """A folder as the project's root looks to a reader: the example and the configuration are there, state is not, but
    for translated SQL, which is the same in every home and costs each new one a second.
    """
    for name in ("docs", "config"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "var").mkdir()
    (folder / "var" / "sql-cache").symlink_to(sql_cache)
    return folder
