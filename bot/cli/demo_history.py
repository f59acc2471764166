"""Thirty days of history for the demo: written and read once, each by a process of its own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from bot.cli.demo_config import configure
from bot.cli.stopping import ASKED_BY
from bot.config.settings import Settings
from bot.domain.errors import BadInput, FirelineError, OtherRelease
from bot.opening import warehouse
from sandbox.pipeline.database import FILE_NAME

MADE = ".demo"
"""In a folder that the demo has made, before anything else in it."""


def refuse_a_real_home(settings: Settings) -> None:
    """Raises BadInput for a folder with the state of a Fireline that is no demo: making the history would remove it."""
    made_by_a_demo = any((settings.home / name).exists() for name in (MADE, "ready"))
    if not made_by_a_demo and (settings.warehouse_file.exists() or settings.state_file.exists()):
        raise BadInput(f"{settings.home} is the home of a Fireline that is no demo. Name another folder with --home.")


def prepare(settings: Settings, now: datetime) -> Path:
    """The pipeline's directory with its database, made and read if it is not there whole and of this release; and the
    demo's configuration. Raises FirelineError with what the process said.
    """
    data = settings.home / "data"
    if _is_ready(settings):
        configure(settings, data)
        return data
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (settings.home / MADE).touch()
    registry = settings.config / "registry.yaml"
    _remove_folder(data)
    _run("writing 30 days of history", "sandbox.pipeline", str(registry), str(data), now.isoformat())
    _remove_warehouse(settings)
    configured = {"FIRELINE_CONFIG": str(configure(settings, data))}
    _run("reading it", "bot", "sources", "sync", "--home", str(settings.home), variables=configured)
    (settings.home / "ready").touch()
    return data


def _is_ready(settings: Settings) -> bool:
    """Whether the history is there. One that another release has made is taken away, and nothing else is."""
    ready = settings.home / "ready"
    if not all(path.exists() for path in (ready, settings.warehouse_file, settings.home / "data" / FILE_NAME)):
        return False
    try:
        with warehouse(settings, read_only=False):
            return True
    except OtherRelease:
        print("the demo's history was made by another release of Fireline; it is made again", flush=True)
    ready.unlink()
    _remove_warehouse(settings)
    _remove_folder(settings.home / "data")
    return False


def _remove_warehouse(settings: Settings) -> None:
    """With its log, which would be read into the next one."""
    file = settings.warehouse_file
    for path in (file, file.with_name(f"{file.name}.wal")):
        path.unlink(missing_ok=True)


def _remove_folder(folder: Path) -> None:
    """A link to a folder elsewhere is taken away, not what it leads to."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _run(step: str, *module: str, variables: Mapping[str, str] = MappingProxyType({})) -> None:
    print(f"{step} …", flush=True)
    # The demo's history is its own, wherever the real one is kept.
    environment = {**os.environ, "FIRELINE_WAREHOUSE": "duckdb", **variables}
    command = [sys.executable, "-m", *module]
    # Asked to stop between its start and its name here, we could not end it: signals wait until it has one.
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, ASKED_BY)
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, usual)
            output, errors = process.communicate()
        except BaseException:
            process.kill()
            process.wait()
            raise
    if process.returncode:
        raise FirelineError(f"{step} failed: {errors.strip() or output.strip()}")
