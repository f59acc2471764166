"""Fireline as a wheel, installed alone, far from the checkout: what its users get."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.house.project import named, tracked

NOT_PACKED = ("tests/", "docs/", "benchmarks/")
_SDIST = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"


def installed(folder: Path) -> Path:
    """The `fireline` command of a fresh environment; built as the package index would get it: sdist, then wheel."""
    source, environment = folder / "source", folder / "environment"
    for path in tracked():
        if not named(path).startswith(NOT_PACKED):
            (source / named(path)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, source / named(path))
    sdist = _run(sys.executable, "-c", _SDIST, str(folder), cwd=source).splitlines()[-1]
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")
    offline = ("--no-index", "--no-deps")
    _run(*pip, "wheel", *offline, "--no-build-isolation", "-w", str(folder), sdist, cwd=folder)
    _run(sys.executable, "-m", "venv", "--without-pip", str(environment), cwd=folder)
    python = environment / "bin" / "python"
    [wheel] = folder.glob("*.whl")
    _run(*pip, "--python", str(python), "install", *offline, str(wheel), cwd=folder)
    _lend_the_locked_libraries(python)
    return environment / "bin" / "fireline"


def _lend_the_locked_libraries(python: Path) -> None:
    """A folder named in a .pth file lends its libraries; its own .pth files, so this checkout, are not looked at."""
    folder = _run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=python.parent)
    (Path(folder.strip()) / "locked.pth").write_text(sysconfig.get_path("purelib"))


def _run(*command: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FIRELINE_"))}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
