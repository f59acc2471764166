"""What-if over a recorded world: how long it takes, and whether planted bad changes name what they lose.

`python -m benchmarks.what_if WORLD [--days 12] [--changes 100] [--copies 1]`: WORLD is a data directory with its
registry.yaml. `--changes 0` measures the time alone.
"""

import argparse
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from bot.config.settings import BUNDLED_CONFIG
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.findings.severity_policy import SeverityRule
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.domain.incidents.decisions import Outcome, Reason
from bot.domain.platform.registry import Criticality, Processor, Registry
from bot.domain.reports.replay import PAGES
from bot.domain.reports.what_if import LATER, NEAR, Subject, Trouble, WhatIf, Would, subjects_of
from bot.ports.warehouse import Warehouse
from bot.services.replay import ALWAYS, ReplaySpan
from bot.services.what_if import Configuration, WhatIfService, said, said_alone
from bot.what_if import beside, configuration, recorded

HOUR = timedelta(hours=1)
BACK = 42
"""Days from a copy of a world to the one before it: whole weeks."""
PROGRESS = 10
"""Bad changes from one line of progress to the next: a hundred of them take a quarter of an hour or more."""
MOMENTS = {
    "runs": ["data_date", "started_at", "completed_at", "last_heartbeat_at", "inserted_at"],
    "table_loads": ["data_date", "loaded_at"],
    "raw_files": ["data_date", "created_at"],
    "game_schedule": ["game_date", "start_utc", "final_utc"],
}
"""What is moved, by file: the data date, then the times."""


@dataclass(frozen=True)
class Planted:
    """A change that a person may make without meaning harm, and what it is about."""

    name: str
    changed: Configuration


def planted(old: Configuration, troubles: Sequence[Trouble]) -> Iterator[Planted]:
    """Of what the old configuration tells of: by root, by kind, and of everything. Changes of one look come first."""
    roots = list(dict.fromkeys(each.message.first.finding.root for each in troubles))
    kinds = list(dict.fromkeys(each.message.first.finding.kind for each in troubles))
    for hours in (1, 2, 4, 8, 16, 23):
        yield Planted(f"group_wait {hours} h", _gate(old, group_wait=hours * HOUR))
    for kind in kinds:
        yield Planted(f"{kind} in shadow", _gate(old, shadow=ShadowPolicy(kinds=frozenset({kind}))))
        yield Planted(f"{kind} is P3", _graded(old, kind, Severity.P3))
        yield Planted(f"{kind} is P2", _graded(old, kind, Severity.P2))
    for root in roots:
        yield Planted(f"{root} in shadow", _gate(old, shadow=ShadowPolicy(processors=frozenset({root}))))
    known = old.registry.by_name
    for root in filter(known.__contains__, roots):
        yield Planted(f"{root} is LOW", _processor(old, root, criticality=Criticality.LOW))
        yield Planted(f"{root} is sporadic", _processor(old, root, sporadic=True))
        yield Planted(f"{root} has a limit of 23 h", _processor(old, root, timeout_seconds=23 * 3600.0))
        yield Planted(f"{root} has no table", _processor(old, root, bigquery_table=None))
        yield Planted(f"{root} is removed", _removed(old, root))


def _gate(old: Configuration, **changes: object) -> Configuration:
    return replace(old, gate=replace(old.gate, **changes))  # type: ignore[arg-type]


def _graded(old: Configuration, kind: FindingKind, severity: Severity) -> Configuration:
    rule = SeverityRule(severity=severity, because="planted", kinds=frozenset({kind}))
    return replace(old, severity=replace(old.severity, rules=(rule, *old.severity.rules)))


def _processor(old: Configuration, name: str, **changes: object) -> Configuration:
    return _with(old, [each.model_copy(update=changes) if each.name == name else each for each in _all(old)])


def _removed(old: Configuration, name: str) -> Configuration:
    kept = [each for each in _all(old) if each.name != name]
    without = [
        each.model_copy(update={"dependencies": tuple(one for one in each.dependencies if one != name)})
        for each in kept
    ]
    return _with(old, without)


def _all(old: Configuration) -> tuple[Processor, ...]:
    return old.registry.processors


def _with(old: Configuration, processors: Iterable[Processor]) -> Configuration:
    document = old.registry.model_copy(update={"processors": tuple(processors)}).model_dump_json()
    return replace(old, registry=Registry.model_validate_json(document))


def told(would: Would) -> dict[Subject, list[datetime]]:
    """When each message first told people of what, from the decisions alone: an update repeats what is known."""
    told_at: dict[Subject, list[datetime]] = defaultdict(list)
    for trouble in would.troubles:
        first: dict[Subject, datetime] = {}
        for decision in trouble.message.decisions:
            first.update((subject, decision.at) for subject in subjects_of(decision) if subject not in first)
        for subject, at in first.items():
            told_at[subject].append(at)
    return told_at


def paged(would: Would) -> dict[Subject, list[datetime]]:
    """When somebody was paged for what: the first of an incident, what brought it back, what made it worse."""
    found: dict[Subject, list[datetime]] = defaultdict(list)
    for trouble in would.troubles:
        for decision in trouble.message.decisions:
            new = decision.outcome is Outcome.ANNOUNCE or decision.reason is Reason.BACK or decision.escalated
            if new and decision.severity in PAGES:
                for subject in subjects_of(decision):
                    found[subject].append(decision.at)
    return found


def named(found: WhatIf) -> set[Subject]:
    """All that the comparison says is lost, pages no more or later, comes later, or is left out."""
    troubles = [each.trouble for listed in (found.lost, found.unpaged, found.later) for each in listed]
    less = {subject for each in found.in_part for subject in each.missing}
    return less.union(*(each.subjects for each in troubles))


def lost_of(found: WhatIf) -> set[Subject]:
    """What the new configuration tells nobody of within a day, or pages nobody for within half an hour."""
    untold = _gone(told(found.old), told(found.new), NEAR, NEAR)
    return untold | _gone(paged(found.old), paged(found.new), NEAR, LATER)


def _gone(
    old: Mapping[Subject, list[datetime]], new: Mapping[Subject, list[datetime]], before: timedelta, after: timedelta
) -> set[Subject]:
    return {
        subject
        for subject, times in old.items()
        if any(not any(at - before <= other <= at + after for other in new.get(subject, ())) for at in times)
    }


def measure(service: WhatIfService, old: Configuration, days: int) -> None:
    """A change of policy is one look for both sides; of the registry one for each, in two processes."""
    now, step, fewer = datetime.now(UTC), timedelta(minutes=10), _removed(old, _all(old)[-1].name)
    for what, new in (("policy", old), ("registry", fewer)):
        wall, ours = time.perf_counter(), time.process_time()
        service.compare(old, new, days, step, now, lambda _: None)
        wall, ours = time.perf_counter() - wall, time.process_time() - ours
        print(f"{days} days, {len(_all(old))} processors, a change of {what}: {wall:.1f} s, {ours:.1f} s of CPU here")


def plant(warehouse: Warehouse, old: Configuration, days: int, most: int) -> None:
    """Changes of one look are decided of one look, as `compare` does for two of them."""
    known = warehouse.history().known_until
    assert known is not None
    span = ReplaySpan(first=known - timedelta(days=days), last=known, step=timedelta(minutes=10), to_the_end=False)
    observed = warehouse.observed(ALWAYS, known)
    (before,) = said([old], observed, span, lambda _: None)
    changes = list(planted(old, before.troubles))
    judged = [each for each in changes if old.rules.sees_as(each.changed.rules)]
    after = said([each.changed for each in judged], observed, span, lambda _: None)
    seen = ((each, said_alone(each.changed, observed, span)) for each in changes if each not in judged)
    bad = silent = 0
    for change, now in chain(zip(judged, after, strict=True), seen):
        found = WhatIf(old=before, new=now)
        lost = lost_of(found)
        bad += bool(lost)
        unnamed = lost - named(found)
        if unnamed:
            silent += 1
            print(f"  {change.name}: does not name {sorted(map(str, unnamed))}", flush=True)
        if bad == most:
            break
        if lost and bad % PROGRESS == 0:
            print(f"  so far {bad} bad changes, {bad - silent} name all that they lose", flush=True)
    print(f"{days} days: {bad} bad changes planted, {bad - silent} name all that they lose")


def lengthened(world: Path, into: Path, copies: int) -> Path:
    """The same weeks again and again, each copy six weeks before the one after it: what a quarter holds."""
    into.mkdir()
    for name, (day, *times) in MOMENTS.items():
        rows = duckdb.read_parquet(str(world / f"{name}.parquet"))
        ((first,),) = rows.aggregate(f"min({times[0]})").fetchall()
        whole = rows
        for copy in range(1, copies):
            by = f"- INTERVAL {BACK * copy} DAY"
            moved = [f"CAST({day} {by} AS DATE) AS {day}", *(f"{each} {by} AS {each}" for each in times)]
            moved += [f"concat({each}, '-{copy}') AS {each}" for each in rows.columns if each in ("run_id", "game_id")]
            earlier = rows.filter(f"{times[0]} < TIMESTAMP '{first + timedelta(days=BACK)}'")
            whole = whole.union(earlier.project(f"* REPLACE ({', '.join(moved)})"))
        whole.write_parquet(str(into / f"{name}.parquet"))
    shutil.copy(world / "planned_windows.json", into)
    shutil.copy(world / "registry.yaml", into)
    return into


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.what_if", description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("--days", type=int, default=12)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--copies", type=int, default=1, help="of the world, one after the other")
    asked = parser.parse_args(arguments)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "config"
        shutil.copytree(BUNDLED_CONFIG, folder)
        shutil.copy(asked.world / "registry.yaml", folder)
        old = configuration(folder)
        world = asked.world if asked.copies == 1 else lengthened(asked.world, Path(scratch) / "world", asked.copies)
        with recorded(folder, world, datetime.now(UTC)) as warehouse:
            if asked.changes:
                plant(warehouse, old, asked.days, asked.changes)
            else:
                measure(WhatIfService(warehouse, None, beside), old, asked.days)


if __name__ == "__main__":
    main()
