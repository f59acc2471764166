"""`make bench`: make the histories, measure, write RESULTS.md."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from benchmarks import batches, build, detection, health, impact, page, processes, slack, stream
from benchmarks.history import World, recipe, write_history
from benchmarks.report import MILLION, Results, written
from benchmarks.timing import REPEATS
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse

HERE = Path(__file__).parent
DATA = HERE.parent / "var" / "bench"
SIZES = (270_000, 10 * MILLION, 100 * MILLION)
STREAMED = 10 * MILLION
STREAM_SECONDS = 40.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of runs")
    parser.add_argument("--keep", action="store_true", help="keep the largest history for the next time")
    parser.add_argument("--worlds", type=int, default=len(detection.WORLDS), help="worlds to replay")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    options = parser.parse_args()
    load = [os.getloadavg()[0]]
    _say("Slack: commands, cold starts")
    results = Results(slack.measure(DATA / "slack"), load=load)
    _say(f"  acknowledgements {results.slack.ratio:.2f}-fold a bare Bolt app's")
    _say("impact among 10,000 processors")
    results.impact = impact.measure(REPEATS)
    _say(f"  {results.impact}")
    for score in detection.measure(options.worlds):
        _say(f"replayed: {score}")
        results.worlds.append(score)
    for runs in sorted(options.sizes):
        world = World(DATA / f"{runs}-{recipe()}", runs)
        _measure(results, world)
        results.load.append(os.getloadavg()[0])
        if runs > STREAMED and not options.keep:
            shutil.rmtree(world.home)
    _say("the page of the local workspace")
    results.page = page.measure()
    options.out.write_text(written(results, " ".join(["python -m benchmarks", *sys.argv[1:]])))
    print(options.out.read_text())


def _measure(results: Results, world: World) -> None:
    """Batches and stream make the history longer: a copy of it."""
    _prepare(world)
    _say(f"{world.runs:,} runs: build")
    results.build[world.runs] = build.measure(world, 3)
    _say(f"  {results.build[world.runs]}")
    for days in (7, 30):
        _say(f"{world.runs:,} runs: health over {days} days")
        results.health.append(health.measure(world, days, REPEATS))
        _say(f"  {results.health[-1]}")
    _say(f"{world.runs:,} runs: fresh processes")
    results.processes[world.runs] = processes.measure(world, REPEATS)
    _say(f"  {results.processes[world.runs]}")
    longer = World(world.home / "longer", world.runs)
    shutil.copytree(world.home, longer.home, ignore=shutil.ignore_patterns("longer"))
    _say(f"{world.runs:,} runs: batches")
    results.batches[world.runs] = batches.measure(longer, REPEATS)
    _say(f"  {results.batches[world.runs]}")
    if world.runs == STREAMED:
        for batch_seconds in (5.0, 1.0):
            _say(f"{world.runs:,} runs: health beside a writer, a batch every {batch_seconds:g} s")
            results.stream[batch_seconds] = stream.measure(longer, STREAM_SECONDS, batch_seconds)
            _say(f"  {results.stream[batch_seconds]}")
    shutil.rmtree(longer.home)


def _prepare(world: World) -> None:
    if world.file.exists():
        return
    _say(f"{world.runs:,} runs: writing the history")
    partial = World(world.home.with_suffix(".part"), world.runs)
    shutil.rmtree(partial.home, ignore_errors=True)
    engine = partial.engine()
    write_history(engine, world.runs)
    warehouse = SqlWarehouse(engine)
    warehouse.rebuild()
    warehouse.close()
    partial.home.rename(world.home)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
