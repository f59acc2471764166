"""Escalations in the pit, and what its oracle counts: `python -m benchmarks.reliability kills`, or another trouble."""

import argparse
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.contracts.postgres import POSTGRESQL, SQLITE, Cluster, state_database
from tests.pit.outages import database_away, deployed, disk_full, disk_of, slack_away
from tests.pit.rig import Config, Result, Trouble, freeze, kill, played, restart
from tests.pit.story import Story
from tests.pit.vendors import DOWN, HANGS, LIMITED, REFUSED

CHANCE = 0.001
AWAY_S, SLACK_AWAY_S = 300.0, 600.0
DISK_MB = {SQLITE: 32, POSTGRESQL: 256}
KILL_EVERY_S, EVERY_S = (3.0, 15.0), (3.0, 10.0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument("trouble", choices=("kills", "freezes", "restarts", "outage", "deploys", "slack", "disk"))
    parser.add_argument("--database", choices=(SQLITE, POSTGRESQL), default=POSTGRESQL)
    parser.add_argument("--incidents", type=int, default=1_000)
    parser.add_argument("--over", type=float, default=1_200.0, help="scaled seconds in which they begin")
    parser.add_argument("--scale", type=float, default=5.0, help="times as fast as the machine's clock")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times", type=int, default=100, help="freezes, deploys, or restarts and cuts of connections")
    parser.add_argument("--keep", type=Path, help="a folder for the logs of the processes; it is made")
    parser.add_argument("--older", type=Path, help="deploys: the folder of an older release, by which all begin")
    parser.add_argument("--way", choices=(LIMITED, DOWN, HANGS, REFUSED), default=DOWN, help="slack: how its calls end")
    options = parser.parse_args()
    print(said(options, measured(options)), flush=True)


def measured(options: argparse.Namespace) -> Result:
    processes = 1 if options.database == SQLITE else 3
    story = Story(options.incidents, options.over, options.seed)
    chance = CHANCE if options.trouble == "kills" else 0.0
    config = Config(processes, story, options.scale, chance, older=options.older)
    with ExitStack() as made:
        folder = options.keep or Path(made.enter_context(tempfile.TemporaryDirectory(prefix="fireline-pit-")))
        folder.mkdir(parents=True, exist_ok=True)
        disk = made.enter_context(disk_of(DISK_MB[options.database])) if options.trouble == "disk" else None
        where, server = made.enter_context(state_database(options.database, folder, disk))
        return played(config, where, folder, _trouble(options, server, disk))


def _trouble(options: argparse.Namespace, server: Cluster | None, disk: Path | None) -> Trouble:
    """What is away goes in the middle of the story."""
    begins = options.over / 2
    troubles: dict[str, Callable[[], Trouble]] = {
        "kills": lambda: kill(KILL_EVERY_S),
        "freezes": lambda: freeze(options.times, 1.5, 0.5),
        "deploys": lambda: deployed(options.times, 4.0),
        "slack": lambda: slack_away(begins, SLACK_AWAY_S, options.way),
        "disk": lambda: disk_full(disk or Path(), begins, AWAY_S, server),
    }
    of_a_server: dict[str, Callable[[Cluster], Trouble]] = {
        "restarts": lambda server: restart(server, options.times, EVERY_S),
        "outage": lambda server: database_away(server, begins, AWAY_S),
    }
    if options.trouble in troubles:
        return troubles[options.trouble]()
    if server is None:
        raise SystemExit(f"{options.trouble} needs --database {POSTGRESQL}")
    return of_a_server[options.trouble](server)


def said(options: argparse.Namespace, result: Result) -> str:
    found, faults = result.judged, ", ".join(f"{name} {count}" for name, count in sorted(result.faults.items()))
    points = ", ".join(f"{name} {count}" for name, count in sorted(result.points.items()))
    waits = found.first_s
    first = f"{waits[len(waits) // 2]:.1f} s p50, {waits[int(len(waits) * 0.99)]:.1f} s p99" if waits else "none"
    worst = max(found.twice.values(), default=0) + 1
    lines = [
        f"{options.trouble}, {options.database}, seed {options.seed}, {options.incidents} incidents, "
        f"scale {options.scale:g}, {result.took_s:.0f} s, load {os.getloadavg()[0]:.1f}"
        f"{'' if result.finished else ', NOT FINISHED'}",
        f"  steps {found.steps}, posts {found.posts}, told {found.told}",
        f"  LOST {len(found.lost)} {' '.join(found.lost[:5])}; ways missing {len(found.missing)} {found.missing[:5]}",
        f"  DUP {found.copies} ({100 * found.share:.2f} %), most copies of one {worst}: {list(found.twice)[:10]}",
        f"  posts after an acknowledgement {found.after_taken}; first page {first} (scaled)",
        f"  killed {result.killed}: {dict(result.notes)}; at points: {points}",
        f"  faults: {faults}",
        *(f"  twice: {each}" for each in result.copies[:20]),
        *(f"  answered again; the first post {after:.1f} s later (scaled)" for after in result.after_s),
        f"  auditor: {result.audit or 'nothing wrong'}; tracebacks {result.tracebacks}; {result.integrity}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
