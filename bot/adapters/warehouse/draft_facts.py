"""What the history knows of each processor, for a drafted registry."""

from collections import defaultdict
from datetime import date, datetime

from bot.adapters.warehouse.engine import Engine
from bot.domain.health.sketch import ZERO_BUCKET, Sketch
from bot.domain.platform.draft import ProcessorFacts
from bot.domain.platform.draft_dues import Brought

_QUANTILES = (0.05, 0.50, 0.95)


def processor_facts(engine: Engine) -> list[ProcessorFacts]:
    """One entry a processor seen."""
    starts = _starts(engine)
    sketched = {
        (name, metric): Sketch(buckets, runs).quantiles(_QUANTILES)
        for name, metric, buckets, runs in engine.rows("draft_sketches", {"zero_bucket": ZERO_BUCKET})
    }
    games_known = bool(engine.rows("first_game")[0][0])
    facts = []
    for name, phase, runs, first, last, dates, without_games, counted, filled, no_data in engine.rows("draft_runs"):
        records = sketched.get((name, "records"), (None, None, None))
        durations = sketched.get((name, "duration"), (None, None, None))
        facts.append(
            ProcessorFacts(
                name=name,
                phase=phase,
                runs=runs,
                first_start=first,
                last_start=last,
                starts=tuple(starts[name]),
                dates=dates,
                dates_without_games=without_games if games_known else None,
                brought=Brought(counted, filled),
                records_p5=records[0],
                records_p50=records[1],
                records_p95=records[2],
                duration_p95=durations[2],
                no_data_share=no_data / runs,
            )
        )
    return facts


def _starts(engine: Engine) -> dict[str, list[tuple[date, datetime]]]:
    found: dict[str, list[tuple[date, datetime]]] = defaultdict(list)
    for name, day, started in engine.rows("draft_starts"):
        found[name].append((day, started))
    return found
