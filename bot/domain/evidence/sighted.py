"""What the rows themselves tell of what is known: where no store has kept it."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.evidence.feeds import claims_on_sources, claims_on_tables, gaps_of
from bot.domain.evidence.known import Seen
from bot.domain.evidence.observation import Observed
from bot.domain.evidence.platform_facts import ProcessorPlatform


def seen_in(observed: Observed, platform: Mapping[str, ProcessorPlatform]) -> Seen:
    """What the rows themselves tell of what is known."""
    tables, sources = dict[str, datetime](), dict[str, datetime]()
    for load in observed.loads:
        tables[load.table] = min(load.known_at, tables.get(load.table, load.known_at))
    for file in observed.files:
        sources[file.source] = min(file.known_at, sources.get(file.source, file.known_at))
    return Seen(
        tables=tables,
        sources=sources,
        table_gaps=gaps_of((load.known_at for load in observed.loads), claims_on_tables(observed, platform)),
        file_gaps=gaps_of((file.known_at for file in observed.files), claims_on_sources(observed, platform)),
        calendar=bool(observed.games),
    )
