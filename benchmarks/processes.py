"""The command itself in a fresh process: wall clock, imports, peak memory."""

import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answering import READY
from benchmarks.history import World
from benchmarks.timing import Timing

_IMPORT = re.compile(r"import time:\s+(\d+) \|")
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class CommandTimes:
    """`imports_ms`: the sum of what `-X importtime` reports, in runs that took `traced_ms` in all."""

    wall: Timing
    imports_ms: float
    traced_ms: float

    @property
    def share(self) -> float:
        return self.imports_ms / self.traced_ms


@dataclass(frozen=True)
class ProcessTimes:
    """`alone`: the command opens the warehouse itself; `asked`: a process that runs has it open and is asked."""

    alone: CommandTimes
    asked: CommandTimes
    peak_mb: float


def measure(world: World, repeats: int) -> ProcessTimes:
    arguments = ["health", "--home", str(world.home)]
    alone = _command(arguments, repeats)
    _, peak = _run([sys.executable, "-m", "benchmarks.peak", *arguments])
    with _running(world.home):
        asked = _command(arguments, repeats)
    return ProcessTimes(alone, asked, peak_mb=int(_PEAK.findall(peak)[0]) / 1_024)


def _command(arguments: list[str], repeats: int) -> CommandTimes:
    command = [str(Path(sys.executable).with_name("fireline")), *arguments]
    _run(command)
    plain = [_run(command)[0] for _ in range(repeats)]
    told = [_run([sys.executable, "-X", "importtime", "-m", "bot", *arguments]) for _ in range(repeats)]
    return CommandTimes(
        wall=Timing.of(plain),
        imports_ms=statistics.median(sum(int(found) for found in _IMPORT.findall(said)) / 1_000 for _, said in told),
        traced_ms=statistics.median(taken for taken, _ in told) * 1_000,
    )


@contextmanager
def _running(home: Path) -> Iterator[None]:
    """A process that answers over the socket for as long as the block runs."""
    command = [sys.executable, "-m", "benchmarks.answering", str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == READY
        yield
        process.communicate()


def _run(command: list[str]) -> tuple[float, str]:
    """Seconds, and what it wrote to stderr."""
    began = time.perf_counter()
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # as installed
    done = subprocess.run(
        command, env=compiled, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    taken = time.perf_counter() - began
    assert done.returncode == 0, f"{' '.join(command)} failed: {done.stderr}"
    return taken, done.stderr
