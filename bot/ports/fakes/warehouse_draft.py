"""What the runs of a fake warehouse say of each processor, for a drafted registry."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.evidence.runs import Category, Status
from bot.domain.platform.draft import ProcessorFacts
from bot.domain.statistics import nearest_rank
from bot.ports.fakes.warehouse_runs import Run


def processor_facts(runs: Sequence[Run], game_days: Collection[date], zone: ZoneInfo) -> list[ProcessorFacts]:
    """One entry a processor; hours are wall-clock hours of `zone`. `game_days` empty: no game calendar is known."""
    names = sorted({run.processor for run in runs if run.trigger != "backfill"})
    return [_facts([run for run in runs if run.processor == name], game_days, zone) for name in names]


def _facts(runs: Sequence[Run], game_days: Collection[date], zone: ZoneInfo) -> ProcessorFacts:
    live = [run for run in runs if run.trigger != "backfill"]
    days = {run.data_date for run in live}
    succeeded = [run for run in runs if run.status is Status.SUCCESS]
    records = sorted(run.records for run in succeeded if run.records)
    durations = sorted(run.duration for run in succeeded if run.duration is not None)
    no_data = [run for run in live if run.status is Status.FAILED and _says_no_data(run)]
    return ProcessorFacts(
        name=runs[0].processor,
        phase=max((run.phase for run in live if run.phase is not None), default=None),
        runs=len(live),
        first_start=min(run.started_at for run in live),
        last_start=max(run.started_at for run in live),
        start_hours=tuple(sorted(_start_hours(runs, zone))),
        dates=len(days),
        dates_without_games=len(days - set(game_days)) if game_days else None,
        records_p5=_lower(records, 0.05),
        records_p50=_lower(records, 0.50),
        records_p95=_lower(records, 0.95),
        duration_p95=_lower(durations, 0.95),
        no_data_share=len(no_data) / len(live),
    )


def _says_no_data(run: Run) -> bool:
    return Category.NO_DATA_AVAILABLE in (run.recorded, run.hinted)


def _start_hours(runs: Sequence[Run], zone: ZoneInfo) -> list[float]:
    """Starts of scheduled runs, to the minute and each once; of all runs where none is told to be scheduled."""
    scheduled = [run for run in runs if run.trigger == "schedule"] or runs
    starts = {(run.data_date, run.started_at.replace(second=0, microsecond=0)) for run in scheduled}
    return [_hours(started, day, zone) for day, started in starts]


def _hours(moment: datetime, day: date, zone: ZoneInfo) -> float:
    wall = moment.astimezone(zone).replace(tzinfo=None)
    return (wall - datetime.combine(day, time())).total_seconds() / 3600


def _lower(ordered: Sequence[float], quantile: float) -> float | None:
    return float(ordered[nearest_rank(quantile, len(ordered))]) if ordered else None
