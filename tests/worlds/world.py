"""Makes a whole world: plans its faults, runs the pipeline through every date, and writes files and answers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.worlds import files, incidents, lookalikes
from tests.worlds.conditions import Conditions
from tests.worlds.fleet import fleet
from tests.worlds.labels import Label, answers
from tests.worlds.model import Fault, Options, Pieces
from tests.worlds.picker import Picker
from tests.worlds.pipeline import Pipeline
from tests.worlds.polls import Pollers
from tests.worlds.recorder import Recorder
from tests.worlds.season import Season
from tests.worlds.sources import backfill, raw_files


def generate(options: Options) -> tuple[Season, Pieces, Label]:
    """The world of these options, the same for the same options."""
    season = Season(options)
    pick = Picker(options, season)
    faults = [*incidents.plan(pick, options.faults), *lookalikes.plan(pick)]
    conditions = Conditions(faults)
    recorder = Recorder(options)
    pipeline = Pipeline(options, season, conditions, recorder)
    pollers = Pollers(options, season, conditions, recorder)
    for day in season.days:
        for processor in fleet().values():
            pipeline.run_date(processor, day)
        pollers.day(day)
    _mondays(options, season, faults, pollers)
    for fault in faults:
        if fault.kind == "planned_backfill":
            backfill(recorder, fleet()[fault.processors[0]], fault)
    raw_files(season, conditions, recorder)
    pieces = recorder.pieces
    pieces.windows = lookalikes.announced(faults)
    _number(pieces)
    return season, pieces, answers(options, season, faults, pieces)


def _mondays(options: Options, season: Season, faults: list[Fault], pollers: Pollers) -> None:
    storms = {fault.days[0] + timedelta(days=1): fault for fault in faults if fault.kind == "retry_storm"}
    mondays = [day for day in season.days if day.weekday() == 0]
    swollen = mondays[-2] if options.hard and len(mondays) > 2 and mondays[-2] not in storms else None
    for monday in mondays:
        factor = 1.4 if monday == swollen else pollers.random.uniform(0.95, 1.06)
        pollers.monday(monday, factor, storms.get(monday))


def _number(pieces: Pieces) -> None:
    """Run ids in order of processor and start, rows in order of start."""
    for number, row in enumerate(sorted(pieces.runs, key=lambda row: (row.processor, row.started))):
        row.number = number
    pieces.runs.sort(key=lambda row: (row.started, row.number))
    pieces.loads.sort(key=lambda load: load.at)


def make(folder: Path, options: Options) -> Label:
    """Generate and write a world; returns its answers."""
    season, pieces, found = generate(options)
    files.write(folder, season, pieces, found)
    return found
