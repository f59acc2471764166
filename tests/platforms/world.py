"""A whole world: its files in the data directory's formats, and the labels that the scorer reads."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

import yaml

from tests.platforms.faults import plan, silent_days
from tests.platforms.fleets import platform_of
from tests.platforms.history import History
from tests.platforms.model import DAY, MINUTE, Fault, Job, Options, Platform, Run

FIRST, SCORED_FROM = date(2026, 3, 2), 14
LATER = "zero_records_processor partial_coverage stale_table sla_miss missing_run zero_records_scraper upstream_cascade"
TOLD = """
source_blind | source_blind alert_storm missing_run | infrastructure missing_run scheduler_failure | check_source
alert_storm | alert_storm failure_spike repeated_failure | infrastructure processing_error | wait_or_rollback
phase_down | phase_down upstream_cascade repeated_failure | processing_error | restart_coordinator
stuck_run | stuck_run timeout | stuck_run timeout | kill_and_rerun
zero_records_processor | zero_records_processor | processor_failed masked_failure | processor_rerun
zero_records_scraper | zero_records_scraper zero_records_processor | scraper_failed processor_failed | scraper_rerun
partial_coverage | partial_coverage upstream_cascade | partial_data | rerun_after_source_check
missing_run | missing_run stale_table sla_miss | missing_run scheduler_failure stale_data | trigger_run
repeated_failure | repeated_failure failure_spike upstream_cascade | processing_error | open_circuit_and_fix
upstream_cascade | upstream_cascade repeated_failure | processing_error | fix_and_rerun_processor
timeout | timeout | timeout | raise_timeout_or_fix
validation_failed | validation_failed | validation_failed | inspect_data
idempotency_block | idempotency_block | idempotency_bug | clear_marker_and_rerun
perf_degradation | perf_degradation | performance_degradation | investigate_performance
failure_spike | failure_spike repeated_failure | processing_error | investigate
"""
"""What each kind may rightly be called, the first the best; its root causes; the action."""
KINDS = {line.split()[0]: [cell.split() for cell in line.split("|")[1:]] for line in TOLD.strip().splitlines()}
SHOWN_BY_ROWS = frozenset({"zero", "partial", "mask", "nofile", "skip"})
COLUMNS = [
    *("run_id", "processor_name", "phase", "data_date", "started_at", "completed_at", "status", "records_processed"),
    *("duration_seconds", "failure_category", "error_message", "attempt", "trigger", "last_heartbeat_at"),
    "inserted_at",
]


def make(folder: Path, options: Options) -> dict[str, object]:
    """Write the world; returns its labels."""
    chance = Random(f"{options.platform} {options.seed}")
    platform = platform_of(options.platform, chance)
    days = [FIRST + n * DAY for n in range(options.days)]
    history = History(platform, plan(platform, days[0], days[-1], chance, clean=options.clean), chance)
    for day in days:
        history.live(day)
    over = datetime.combine(days[-1] + DAY, time(), platform.zone)
    history.runs = sorted((run for run in history.runs if run.known < over), key=lambda run: run.known)
    folder.mkdir(parents=True, exist_ok=True)
    _table(folder / "runs.csv", COLUMNS, _rows(history.runs, options), options)
    loads = ([load.table, load.day, load.rows, _text(load.at)] for load in history.loads if load.at < over)
    _table(folder / "table_loads.csv", ["table_name", "data_date", "row_count", "loaded_at"], loads, options)
    files = ([each.source, each.day, f"s3://in/{each.day}", each.size, _text(each.at)] for each in history.files)
    _table(folder / "raw_files.csv", ["source", "data_date", "path", "size_bytes", "created_at"], files, options)
    (folder / "registry.yaml").write_text(yaml.safe_dump(_registry(platform), sort_keys=False, allow_unicode=True))
    labels = _labels(platform, history, days, options)
    (folder / "labels.json").write_text(json.dumps(labels, indent=1))
    return labels


def _registry(platform: Platform) -> dict[str, object]:
    processors = [
        {"name": job.name, "phase": job.phase, "criticality": job.criticality, "dependencies": list(job.depends)}
        | {"bigquery_table": f"t.{job.name}", "timeout_seconds": job.limit}
        | {"expected_records": {"per_game": False, "typical": job.rows}}
        | ({"source": job.source} if job.source else {})
        | job.registry
        for job in platform.jobs
    ]
    return {"version": "1.0", "timezone": platform.zone.key, "calendars": platform.calendars, "processors": processors}


def _labels(platform: Platform, history: History, days: Sequence[date], options: Options) -> dict[str, object]:
    begin = datetime.combine(days[SCORED_FROM], time(), platform.zone)
    incidents = [_incident(platform, fault, options) for fault in history.faults if not fault.silent]
    incidents.sort(key=lambda one: str(one["start"]))
    spans = [(fault.kind, fault.jobs, fault.first, fault.first + DAY) for fault in history.faults if fault.silent]
    for kind, names, day in silent_days(platform, days):
        since = datetime.combine(day, time(), platform.zone)
        spans.append((kind, names, since, since + 2 * DAY))
    silent = [{"kind": k, "processors": names, "start": _text(a), "end": _text(b)} for k, names, a, b in spans]
    return {
        "eval_start": _text(begin),
        "eval_end": _text(history.runs[-1].known),
        "runs": len(history.runs),
        "failed_eval": sum(run.status == "failed" and run.started >= begin for run in history.runs),
        "incidents": [{"id": f"I{number:03}", **one} for number, one in enumerate(incidents, 1)],
        "silent": silent,
    }


def _incident(platform: Platform, fault: Fault, options: Options) -> dict[str, object]:
    accepted, causes, (action,) = KINDS[fault.kind]
    hit: dict[str, list[datetime]] = {}
    for job in platform.jobs:
        near = (slot for n in range(-2, 4) for slot in job.slots(fault.day + n * DAY, platform.zone))
        if slots := [slot for slot in near if fault.on(job.name, slot)]:
            hit[job.name] = slots
    first = next(job for job in platform.jobs if job.name in hit)
    slots = sorted(slot for each in hit.values() for slot in each)
    ended = max([fault.last, fault.ended or fault.last, *(run.known for run in fault.rows)])
    return {
        "kind": fault.kind,
        "processors": list(hit),
        "impact": sorted(fault.blocked - set(hit)),
        "start": _text(slots[0]),
        "end": _text(ended),
        "detectable_at": _text(_detectable(fault, first, slots, platform, options)),
        "severity": "P1",
        "accept_severities": ["P0", "P1", "P2"],
        "root_cause": causes[0],
        "accept_root_causes": causes,
        "accept_kinds": accepted,
        "consequence_kinds": LATER.split(),
        "expected_action": action,
        "data_dates": [str(fault.day)],
        "optional": _is_hidden(fault, options),
    }


def _is_hidden(fault: Fault, options: Options) -> bool:
    """What nothing that is left of the world shows may be missed."""
    return (
        ("table_loads" in options.without and fault.way in SHOWN_BY_ROWS)
        or ("duration_seconds" in options.without and fault.way in ("slow", "limit"))
        or ("completed_at" in options.without and fault.way == "hang")
        or (options.blank and fault.way == "validate")
    )


def _detectable(fault: Fault, job: Job, slots: Sequence[datetime], platform: Platform, options: Options) -> datetime:
    """From when on the rows suffice."""
    rows = sorted(fault.rows, key=lambda run: run.known)
    if fault.way == "absent":
        following = min((slot for slot in slots if slot > slots[0]), default=slots[0]) if job.dense else slots[0]
        return max(slots[0] + 45 * MINUTE, following)
    if fault.way == "hang":
        blind = "last_heartbeat_at" in options.without
        limit = rows[0].started + timedelta(seconds=job.limit) + 5 * MINUTE
        return limit if blind else rows[0].beat + 30 * MINUTE
    if fault.picked is not None:
        return _nth([run for run in rows if run.attempt == 1], 4)
    if fault.way == "storm":
        firsts = {run.job.name: run for run in reversed(rows)}
        return _nth(sorted(firsts.values(), key=lambda run: run.known), 6)
    if fault.kind == "phase_down":
        return max(_nth([run for run in rows if run.job.name == name], 3) for name in fault.jobs)
    if fault.way in ("fail", "limit", "validate"):
        return _nth(rows, 3)
    if fault.way in ("slow", "skip"):
        return _nth(rows, 2 if fault.way == "slow" else 1)
    return job.slots(fault.day, platform.zone)[-1] + 20 * MINUTE


def _nth(rows: Sequence[Run], number: int) -> datetime:
    return rows[min(number, len(rows)) - 1].known


def _rows(runs: Iterable[Run], options: Options) -> Iterator[list[object]]:
    for number, run in enumerate(runs):
        trigger = "retry" if run.attempt > 1 else "schedule"
        said = ("", "") if options.blank else (run.category, run.text)
        seconds = round((run.ended - run.started).total_seconds(), 1)
        times = (_text(run.started), _text(run.ended), run.status, run.records, seconds)
        last = (run.attempt, trigger, _text(run.beat), _text(run.known))
        yield [f"r{number:07}", run.job.name, run.job.phase, run.day, *times, *said, *last]


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _table(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]], options: Options) -> None:
    kept = [place for place, name in enumerate(names) if name not in options.without]
    if path.stem in options.without:
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(names[place] for place in kept)
        table.writerows([row[place] for place in kept] for row in rows)
