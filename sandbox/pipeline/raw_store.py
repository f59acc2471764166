"""Raw files: real ones under the pipeline's directory for the last days, addresses in a bucket for what is older."""

import json
from pathlib import Path

from sandbox.pipeline.moments import DAY, stamp
from sandbox.pipeline.rows import RawRow
from sandbox.pipeline.state import EMPTY_FILE
from sandbox.pipeline.world import World

KEPT = 4 * DAY
BUCKET = "gs://nba-scraped-data"


def store(world: World, directory: Path, row: RawRow) -> RawRow:
    """The row with its full address; the file is written if it is recent. size_bytes stays the nominal size."""
    if row.created_at < world.end - KEPT:
        return row._replace(path=f"{BUCKET}/{row.path}")
    path = directory.resolve() / "raw" / row.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_body(world, row)), encoding="utf-8")
    return row._replace(path=path.as_uri())


def _body(world: World, row: RawRow) -> object:
    if row.size_bytes < EMPTY_FILE:
        return []
    games = [game.game_id for game in world.calendar.games(row.data_date)]
    return {
        "source": row.source,
        "date": row.data_date.isoformat(),
        "scraped_at": stamp(row.created_at),
        "games": games,
    }
