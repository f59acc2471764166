"""The command itself in a fresh process: wall clock, imports, peak memory."""

import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.history import World
from benchmarks.timing import Timing

_IMPORT = re.compile(r"import time:\s+(\d+) \|")
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class ProcessTimes:
    """`imports_ms`: the sum of what `-X importtime` reports, in runs that took `traced_ms` in all."""

    wall: Timing
    imports_ms: float
    traced_ms: float
    peak_mb: float


def measure(world: World, repeats: int) -> ProcessTimes:
    asked = ["health", "--home", str(world.home)]
    command = [str(Path(sys.executable).with_name("fireline")), *asked]
    _run(command)
    plain = [_run(command)[0] for _ in range(repeats)]
    told = [_run([sys.executable, "-X", "importtime", "-m", "bot", *asked]) for _ in range(repeats)]
    imports = [sum(int(found) for found in _IMPORT.findall(said)) / 1_000 for _, said in told]
    _, peak = _run([sys.executable, "-m", "benchmarks.peak", *asked])
    return ProcessTimes(
        wall=Timing.of(plain),
        imports_ms=statistics.median(imports),
        traced_ms=statistics.median(taken for taken, _ in told) * 1_000,
        peak_mb=int(_PEAK.findall(peak)[0]) / 1_024,
    )


def _run(command: list[str]) -> tuple[float, str]:
    """Seconds, and what it wrote to stderr."""
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    taken = time.perf_counter() - began
    assert done.returncode == 0, f"{' '.join(command)} failed: {done.stderr}"
    return taken, done.stderr
