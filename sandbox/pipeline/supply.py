"""What the sources offer: how many rows a processor could load for a date at an instant, if all went well."""

from datetime import date

from sandbox.pipeline.chance import unit
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.moments import HOUR, MINUTE, slot
from sandbox.pipeline.world import World

PUBLISHED_AFTER = 5 * MINUTE
"""A source publishes a game this long after its end."""
OPENS_BEFORE = 30 * MINUTE
"""What precedes the games is on offer this long before the first slot."""
GROWS_FROM_SLOTS = 6
"""A processor with that many slots a day (odds, lines) collects its rows over the day; others get them at once."""


def changed_at(world: World, processor: Processor, day: date) -> int | None:
    """When the source of a sporadic processor changed on `day`; None on the many dates when it did not."""
    if unit(world.seed, processor.name, day, "changes") >= 0.55:
        return None
    return slot(day, 3.0) + int(unit(world.seed, processor.name, day, "change hour") * 14 * HOUR)


def has_data(world: World, processor: Processor, day: date) -> bool:
    """Whether the date brings any data at all for the processor."""
    if world.never_produces(processor):
        return False
    if processor.sporadic:
        return changed_at(world, processor, day) is not None
    return world.calendar.played(day) if processor.per_game else True


def full_rows(world: World, processor: Processor, day: date) -> int:
    """Rows of the complete date."""
    if not has_data(world, processor, day):
        return 0
    games = world.calendar.games(day)
    return (
        sum(_game_rows(world, processor, day, n) for n in range(len(games)))
        if processor.per_game
        else max(1, round(processor.typical * (0.97 + 0.06 * unit(world.seed, processor.name, day, "rows"))))
    )


def _game_rows(world: World, processor: Processor, day: date, number: int) -> int:
    return max(1, round(processor.typical * (0.95 + 0.1 * unit(world.seed, processor.name, day, number))))


def offered_rows(world: World, processor: Processor, day: date, at: int) -> int:
    """Rows on offer at `at`: 0 before the source has anything, then growing with finished games or with the day."""
    if not has_data(world, processor, day):
        return 0
    if processor.sporadic:
        change = changed_at(world, processor, day)
        return full_rows(world, processor, day) if change is not None and change <= at else 0
    if processor.after_games:
        games = world.calendar.games(day)
        over = [number for number, game in enumerate(games) if game.final + PUBLISHED_AFTER <= at]
        return sum(_game_rows(world, processor, day, number) for number in over)
    first, last = slot(day, processor.slots[0]), slot(day, processor.slots[-1])
    if at < first - OPENS_BEFORE:
        return 0
    whole = full_rows(world, processor, day)
    if len(processor.slots) < GROWS_FROM_SLOTS:
        return whole
    elapsed = min(1.0, max(0.0, (at - first) / (last - first)))
    return max(1, round(whole * (1 + (len(processor.slots) - 1) * elapsed) / len(processor.slots)))


def source_offers(world: World, source: str, day: date, at: int) -> bool:
    """Whether a scrape of `source` for `day` finds anything at `at`. A scraper itself counts games, not records."""
    users = world.fleet.by_source[source]
    return any(
        _scrape_offers(world, user, day, at) if user.is_scraper else offered_rows(world, user, day, at) > 0
        for user in users
    )


def _scrape_offers(world: World, scraper: Processor, day: date, at: int) -> bool:
    if scraper.per_game and not world.calendar.played(day):
        return False
    if scraper.after_games:
        return world.calendar.finals(day, at - PUBLISHED_AFTER) > 0
    return at >= slot(day, scraper.slots[0]) - OPENS_BEFORE
