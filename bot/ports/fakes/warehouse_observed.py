"""What became known in a span of time, from the rows of a fake warehouse."""

from dataclasses import replace
from datetime import date, datetime

from bot.domain.evidence.observation import DateSpan, Game, Observed, RawFile, RunSeen, TableLoad
from bot.ports.fakes.warehouse_evidence import EvidenceRows
from bot.ports.fakes.warehouse_runs import Run, RunVersions


def observed(runs: RunVersions, evidence: EvidenceRows, since: datetime, until: datetime) -> Observed:
    versions = (version for held in runs.held.values() for version in held)
    loads, files = evidence.rows["table_loads"].values(), evidence.rows["raw_files"].values()
    games = evidence.rows["game_schedule"].values()
    return Observed(
        runs=tuple(_seen(run) for run in versions if run.inserted_at > since and run.started_at <= until),
        loads=tuple(
            TableLoad(row["table_name"], row["data_date"], row["row_count"], row["loaded_at"])
            for row in loads
            if since < row["loaded_at"] <= until
        ),
        files=tuple(
            RawFile(row["source"], row["data_date"], row["size_bytes"], row["created_at"])
            for row in files
            if since < row["created_at"] <= until
        ),
        games=tuple(Game(row["game_date"], row["final_utc"]) for row in games),
        windows=tuple(evidence.announced(until)),
        has_loads=bool(loads),
        has_files=bool(files),
        has_games=bool(games),
    )


def without_old_polls(everything: Observed, polls_since: datetime) -> Observed:
    """Without the polls started before that found nothing."""
    kept = (run for run in everything.runs if run.started_at >= polls_since or not run.found_nothing)
    return replace(everything, runs=tuple(kept))


def _seen(run: Run) -> RunSeen:
    return RunSeen(
        run.run_id,
        run.processor,
        run.data_date,
        run.started_at,
        run.ended_at,
        run.status,
        run.recorded,
        run.hinted,
        run.records,
        run.duration,
        run.attempt or 1,
        run.trigger or "",
        run.heartbeat_at,
        run.inserted_at,
    )


def of_dates(everything: Observed, dates: DateSpan, loads_from: date) -> Observed:
    """What concerns those data dates; loads from an earlier one on."""
    return replace(
        everything,
        runs=tuple(run for run in everything.runs if dates.first <= run.data_date <= dates.last),
        loads=tuple(load for load in everything.loads if loads_from <= load.data_date <= dates.last),
        files=tuple(file for file in everything.files if dates.first <= file.data_date <= dates.last),
    )
