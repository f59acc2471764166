"""What `fireline demo` needs before its event loop: whatever cannot work is refused first, then the history is made."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from bot.cli.context import now as system_now
from bot.cli.demo_faults import parse
from bot.cli.demo_history import prepare, refuse_a_real_home
from bot.cli.demo_running import refuse_a_second, taken
from bot.config.settings import Settings
from bot.domain.errors import BadInput
from sandbox.clock import SimulatedClock
from sandbox.pipeline.faults import FaultError, targets
from sandbox.pipeline.fleet import Fleet
from sandbox.pipeline.synthetic import complete


@dataclass(frozen=True)
class Start:
    """`data`: the folder of the history; `faults` by name and processor."""

    port: int
    speed: float
    faults: tuple[dict[str, str], ...]
    data: Path
    now: datetime


def check_speed(speed: float) -> None:
    """Raises BadInput for a speed that makes no sense."""
    try:
        SimulatedClock(system_now(), speed)
    except ValueError as error:
        raise BadInput(str(error)) from error


def ready(settings: Settings, port: int, speed: float, faults: Sequence[str]) -> Start:
    """`speed` makes sense. Raises BadInput for a home or a port that is taken, a fault that makes no sense."""
    refuse_a_second(settings.home)
    refuse_a_real_home(settings)
    check_port(port)
    parsed = tuple(map(parse, faults))
    now = system_now()
    registry = complete(yaml.safe_load((settings.config / "registry.yaml").read_text(encoding="utf-8")))
    try:
        for fault in parsed:
            targets(Fleet.from_registry(registry), fault["name"], fault.get("processor"))
    except (FaultError, ValueError) as error:
        raise BadInput(str(error)) from error
    return Start(port, speed, parsed, prepare(settings, now), now)


def check_port(port: int) -> None:
    """Raises BadInput for a port that is taken, or that is none."""
    if not 0 <= port <= 65535:
        raise BadInput(f"{port} is no port. Name one from 1 to 65535 with --port.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise taken(port, error) from error
