"""What the rows themselves tell of what is known: where no store has kept it."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.evidence.known import Seen, gaps_of
from bot.domain.evidence.observation import Observed
from bot.domain.evidence.platform_facts import ProcessorPlatform
from bot.domain.evidence.runs import Status


def seen_in(observed: Observed, platform: Mapping[str, ProcessorPlatform]) -> Seen:
    """What the rows themselves tell of what is known."""
    tables, sources = dict[str, datetime](), dict[str, datetime]()
    for load in observed.loads:
        tables[load.table] = min(load.known_at, tables.get(load.table, load.known_at))
    for file in observed.files:
        sources[file.source] = min(file.known_at, sources.get(file.source, file.known_at))
    brought = [
        run for run in observed.runs if run.status is Status.SUCCESS and run.records and run.processor in platform
    ]
    return Seen(
        tables=tables,
        sources=sources,
        table_gaps=gaps_of(
            (load.known_at for load in observed.loads),
            ((run.started_at, run.known_at) for run in brought if platform[run.processor].table is not None),
        ),
        file_gaps=gaps_of(
            (file.known_at for file in observed.files),
            ((run.started_at, run.known_at) for run in brought if platform[run.processor].source is not None),
        ),
        calendar=bool(observed.games),
    )
