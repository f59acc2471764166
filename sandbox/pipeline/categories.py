"""What the history says of a failure: the column came late, some code never sets it or still uses older words."""

from functools import cache

from sandbox.pipeline.chance import unit
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.world import World

UNKNOWN_SHARE = 0.02
OLDER_WORDS = {"processing_error": "error", "upstream_failure": "dependency_missing"}


def recorded(world: World, processor: Processor, category: str, started_at: int, chance: float) -> str | None:
    """The failure_category of a row whose real category is `category`; `chance` in [0, 1) decides on "unknown"."""
    if started_at < world.category_since or (not processor.polling and _share(processor.name) < 0.06):
        return None
    if chance < UNKNOWN_SHARE:
        return "unknown"
    return OLDER_WORDS.get(category, category) if _share(processor.name) > 0.9 else category


@cache
def _share(name: str) -> float:
    return unit(name, "code age")
