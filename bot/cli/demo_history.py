"""Thirty days of history for the demo: written and loaded once, each by a process of its own."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from bot.config.settings import Settings
from bot.domain.errors import FirelineError


def prepare(settings: Settings, now: datetime) -> Path:
    """The data directory, made if it is not there whole. Raises FirelineError with what the process said."""
    data = settings.home / "data"
    if (settings.home / "ready").exists():
        return data
    settings.home.mkdir(parents=True, exist_ok=True)
    registry = settings.config / "registry.yaml"
    _run("writing 30 days of history", "bot.sandbox.pipeline", str(registry), str(data), now.isoformat())
    settings.warehouse_file.unlink(missing_ok=True)
    _run("loading it", "bot", "load", str(data), "--home", str(settings.home))
    (settings.home / "ready").touch()
    return data


def _run(step: str, *module: str) -> None:
    print(f"{step} …", flush=True)
    done = subprocess.run([sys.executable, "-m", *module], capture_output=True, text=True, check=False)
    if done.returncode:
        raise FirelineError(f"{step} failed: {done.stderr.strip() or done.stdout.strip()}")
