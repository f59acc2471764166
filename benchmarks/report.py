"""What was measured, as RESULTS.md."""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks import detection_report
from benchmarks.batches import BatchTimes
from benchmarks.detection import WorldScore
from benchmarks.health import HealthTimes
from benchmarks.impact import ImpactTimes
from benchmarks.processes import CommandTimes, ProcessTimes
from benchmarks.slack import SlackTimes, quantile
from benchmarks.stream import StreamTimes
from benchmarks.timing import Timing

MILLION = 1_000_000


@dataclass
class Results:
    """By number of runs, `stream` by the seconds between two batches; `page` is rows of a table, `load` the machine's
    load average meanwhile.
    """

    slack: SlackTimes
    health: list[HealthTimes] = field(default_factory=list)
    build: dict[int, Timing] = field(default_factory=dict)
    batches: dict[int, BatchTimes] = field(default_factory=dict)
    processes: dict[int, ProcessTimes] = field(default_factory=dict)
    stream: dict[float, StreamTimes] = field(default_factory=dict)
    page: list[str] = field(default_factory=list)
    impact: tuple[ImpactTimes, ...] = ()
    worlds: list[WorldScore] = field(default_factory=list)
    load: list[float] = field(default_factory=list)

    @property
    def sizes(self) -> list[int]:
        return sorted({times.runs for times in self.health})

    def of(self, runs: int, days: int) -> HealthTimes:
        return next(times for times in self.health if (times.runs, times.days) == (runs, days))


_HEALTH_HEADS = (
    *("runs", "days", "health", "in the warehouse", "nothing new", "nothing kept"),
    *("ten questions", "ten on raw", "ratio"),
)
Target = tuple[str, str, str, bool]
"""What, wanted, measured, met."""


def written(results: Results, command: str) -> str:
    targets = [
        *_health_targets(results),
        *_load_targets(results),
        *_process_targets(results),
        *_slack_targets(results),
        *_impact_targets(results),
        *detection_report.targets(results.worlds),
    ]
    rows = [(what, wanted, measured, "yes" if met else "**no**") for what, wanted, measured, met in targets]
    parts = [
        "# Benchmark results",
        f"Made by `{command}`. {_machine()}\nLoad average during the run: "
        + ", ".join(f"{load:.1f}" for load in results.load)
        + f" (of {os.cpu_count()} cores; above that, times are longer than the work).",
        "Medians of repeats, everything warm, each ratio's two sides in one process;"
        " [README.md](README.md) says what is measured.",
        "## Targets",
        table(("what", "wanted", "measured", "met"), rows),
        "## Health beside the raw table (ms)",
        table(
            _HEALTH_HEADS,
            [_health_row(times) for times in results.health],
        ),
        "## DuckDB's own floors (ms)",
        table(("runs", "days", *results.health[0].floors), [_floor_row(times) for times in results.health]),
        "## Build, batches, process",
        table(
            (
                "runs",
                "build",
                "batch",
                "load it",
                "again",
                "`fireline health` alone",
                "imports",
                "asking",
                "imports",
                "peak memory",
            ),
            [_rest_row(results, runs) for runs in results.sizes],
        ),
        "## Health while runs come in",
        table(
            ("a batch every", "answers", "errors", "p50", "p99", "longest", "batches", "load one"),
            [_stream_row(every, times) for every, times in results.stream.items()],
        ),
        "## Slack (270 K runs)",
        table(("", "p50", "p99"), _slack_rows(results)),
        "## The page of the local workspace",
        "\n".join(["| what | measured | wanted |", "| --- | --- | --- |", *results.page]),
        *_detection_parts(results.worlds),
    ]
    return "\n\n".join(parts) + "\n"


def _health_targets(results: Results) -> list[Target]:
    found: list[Target] = []
    small, large = results.sizes[0], results.sizes[-1]
    for days in sorted({times.days for times in results.health}):
        least, most = results.of(small, days), results.of(large, days)
        at = f"{_short(large)}, {days} days"
        wanted = 100 if large >= 100 * MILLION else 1
        found += [
            (
                f"ten questions against the raw table, {at}",
                f"≥ {wanted}-fold",
                f"{most.ratio:,.0f}-fold",
                most.ratio >= wanted,
            ),
            (f"the same at {_short(small)}, {days} days", "≥ 1-fold", f"{least.ratio:.1f}-fold", least.ratio >= 1),
        ]
        growth = most.rolled_up.median / least.rolled_up.median
        inside = most.warehouse.median
        error = max(times.error for times in results.health if times.days == days)
        found += [
            (f"ten questions, {at}, against {_short(small)}", "≤ 3-fold", f"{growth:.1f}-fold", growth <= 3),
            (f"one health in the warehouse, {at}", "≤ 10 ms", f"{inside:.1f} ms", inside <= 10),
            (f"percentiles, {days} days (counts are equal)", "≤ 1 %", f"{error:.3%}", error <= 0.01),
        ]
    return found


def _load_targets(results: Results) -> list[Target]:
    found: list[Target] = []
    for runs, timing in results.build.items():
        rate = runs / timing.median / 1_000
        if runs >= 10 * MILLION:
            found.append((f"full build, {_short(runs)}", "≥ 4 M runs/s", f"{rate:.1f} M runs/s", rate >= 4))
    for runs, batch in results.batches.items():
        limit = {10 * MILLION: 50, 100 * MILLION: 150}.get(runs)
        if limit is not None:
            took, again = batch.load.median, batch.again.median
            name = f"5-minute batch ({batch.rows:,} runs), {_short(runs)}"
            found.append((name, f"≤ {limit} ms", f"{took:.0f} ms", took <= limit))
            found.append((f"the same batch again, {_short(runs)}", "≤ 2 ms", f"{again:.1f} ms", again <= 2))
    for every, stream in results.stream.items():
        name = f"50 health/s beside 1,000 runs/s in batches of {every:g} s, 10 M: p99"
        met = stream.p99 <= 15 and not stream.errors
        found.append((name, "≤ 15 ms, no error", f"{stream.p99:.1f} ms, {stream.errors} errors", met))
    return found


def _process_targets(results: Results) -> list[Target]:
    small, large = results.sizes[0], results.sizes[-1]
    first, last = results.processes[small], results.processes[large]
    asked, alone = first.asked, first.alone
    return [
        (
            f"`fireline health` beside a running process, {_short(small)}",
            "≤ 255 ms",
            f"{asked.wall.median:,.0f} ms",
            asked.wall.median <= 255,
        ),
        ("of which imports", "< half", f"{asked.share:.0%} ({asked.imports_ms:,.0f} ms)", asked.share < 0.5),
        (
            f"`fireline health` without one, {_short(small)}",
            "≤ 255 ms",
            f"{alone.wall.median:,.0f} ms",
            alone.wall.median <= 255,
        ),
        ("of which imports", "< half", f"{alone.share:.0%} ({alone.imports_ms:,.0f} ms)", alone.share < 0.5),
        (f"peak memory of a fresh process, {_short(large)}", "≤ 200 MB", f"{last.peak_mb:.0f} MB", last.peak_mb <= 200),
    ]


def _slack_targets(results: Results) -> list[Target]:
    times = results.slack
    whole, own, cold = (statistics.median(values) for values in (times.whole, times.own, times.cold_s))
    return [
        ("acknowledgement against a bare Bolt app's, p99", "≤ 1.3-fold", f"{times.ratio:.2f}-fold", times.ratio <= 1.3),
        ("`/health` to its message, median", "< 300 ms", f"{whole:.0f} ms", whole < 300),
        ("of it our own work", "< 100 ms", f"{own:.0f} ms", own < 100),
        ("cold start to the first acknowledged command", "< 2 s", f"{cold:.2f} s", cold < 2),
        ("idle memory after it", "< 250 MB", f"{times.idle_mb:.0f} MB", times.idle_mb < 250),
    ]


def _slack_rows(results: Results) -> list[tuple[str, ...]]:
    times = results.slack
    measured = {
        "acknowledgement of `/health`": times.acknowledged,
        "acknowledgement of a bare Bolt app's `/ping`": times.bare,
        "`/health` to its message": times.whole,
        "of it our own work": times.own,
    }
    return [
        (name, f"{quantile(values, 0.5):,.1f} ms", f"{quantile(values, 0.99):,.1f} ms")
        for name, values in measured.items()
    ]


def _impact_targets(results: Results) -> list[Target]:
    return [
        (
            f"impact among {times.processors:,} processors and {times.edges:,} edges, {times.dependents:,} dependents",
            "< 50 ms",
            str(times.answer),
            times.answer.median < 50,
        )
        for times in results.impact
    ]


def _detection_parts(worlds: Sequence[WorldScore]) -> list[str]:
    if not worlds:
        return []
    scored = [] if all(world.figures for world in worlds) else [detection_report.NOT_SCORED]
    return [
        "## Detection on generated worlds",
        *scored,
        table(*detection_report.by_world(worlds)),
        table(*detection_report.by_kind(worlds)),
    ]


def _health_row(times: HealthTimes) -> tuple[str, ...]:
    columns = (times.of, times.warehouse, times.kept, times.first, times.rolled_up, times.raw)
    return (
        _short(times.runs),
        str(times.days),
        *(f"{timing.median:,.1f}" for timing in columns),
        f"{times.ratio:,.1f}-fold",
    )


def _floor_row(times: HealthTimes) -> tuple[str, ...]:
    return (_short(times.runs), str(times.days), *(f"{timing.median:,.1f}" for timing in times.floors.values()))


def _rest_row(results: Results, runs: int) -> tuple[str, ...]:
    build, batch, process = results.build[runs], results.batches[runs], results.processes[runs]
    return (
        _short(runs),
        f"{build.median / 1_000:.2f} s",
        f"{batch.rows:,} runs",
        str(batch.load),
        str(batch.again),
        *(part for times in (process.alone, process.asked) for part in _command_cells(times)),
        f"{process.peak_mb:.0f} MB",
    )


def _command_cells(times: CommandTimes) -> tuple[str, str]:
    return str(times.wall), f"{times.imports_ms:,.0f} of {times.traced_ms:,.0f} ms"


def _stream_row(every: float, times: StreamTimes) -> tuple[str, ...]:
    waits = (f"{value:.1f} ms" for value in (times.p50, times.p99, times.worst))
    return (
        f"{every:g} s",
        f"{times.answers:,}",
        str(times.errors),
        *waits,
        str(times.loads),
        f"{times.load_ms:.0f} ms",
    )


def _short(runs: int) -> str:
    return f"{runs // MILLION} M" if runs >= MILLION else f"{runs // 1_000} K"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    names = [line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")]
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB;"
        f" Python {platform.python_version()}, DuckDB {version('duckdb')}, sqlglot {version('sqlglot')}."
    )


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []
