"""How one attempt would end if nothing were wrong: what it finds, loads, or waits for."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from sandbox.pipeline.chance import rng, unit
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.messages import (
    SKIP_COMPLETE,
    SKIP_NO_GAMES,
    UPSTREAM,
    UPSTREAM_PARTIAL,
    pick,
)
from sandbox.pipeline.moments import DAY, MINUTE, slot
from sandbox.pipeline.polls import quiet_texts
from sandbox.pipeline.state import COVERAGE, EMPTY_FILE, State
from sandbox.pipeline.supply import full_rows, has_data, offered_rows, source_offers
from sandbox.pipeline.volume import QUIET_FAILS
from sandbox.pipeline.world import World

SOURCE_KEEPS = 20 * DAY
"""A source serves a date this long; a loss found later cannot be repaired."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to run `processor` for `day`, starting at `at`; `slot_number` None unless scheduled."""

    processor: Processor
    day: date
    at: int
    trigger: str = "schedule"
    number: int = 1
    slot_number: int | None = None
    asked: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        return (self.processor.name, self.day, self.trigger, self.slot_number, self.number, self.at)

    def draw(self, world: World) -> Random:
        return rng(world.seed, *self.key)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ends. `rows`: its table afterwards; `raw_bytes`: the raw file written; None: untouched.

    `hung`: heartbeats stop and only a janitor ends it. `marks_done`: the next scheduled run takes it for complete.
    """

    status: str
    duration: float
    records: int = 0
    category: str | None = None
    message: str | None = None
    rows: int | None = None
    raw_bytes: int | None = None
    hung: bool = False
    marks_done: bool = False

    @property
    def productive(self) -> bool:
        return bool(self.rows) or (self.raw_bytes or 0) >= EMPTY_FILE


def failed(category: str, message: str, duration: float) -> Outcome:
    return Outcome("failed", duration, category=category, message=message)


def skipped(draw: Random, text: str, day: date) -> Outcome:
    return Outcome("skipped", round(draw.uniform(0.5, 2.0), 1), message=text.format(d=day))


def healthy(world: World, state: State, attempt: Attempt) -> Outcome:
    """The outcome without faults, from the source, the calendar and the dependencies' tables."""
    processor, day, draw = attempt.processor, attempt.day, attempt.draw(world)
    if processor.is_scraper:
        return scrape(world, attempt, draw)
    if not processor.runs_on_no_game_days and not world.calendar.played(day):
        return skipped(draw, SKIP_NO_GAMES, day)
    if _complete(world, state, attempt):
        return skipped(draw, SKIP_COMPLETE, day)
    if not has_data(world, processor, day):
        return quiet(world, attempt, draw)
    missing, share = _weakest_dependency(world, state, processor, day)
    if missing is not None and share < COVERAGE and attempt.at >= _due(missing, processor, attempt):
        return _blocked(attempt, missing, share, draw)
    rows = int(_on_offer(world, state, attempt) * min(1.0, share))
    if not rows:
        return quiet(world, attempt, draw)
    loaded = load(attempt, rows, draw)
    source = processor.source
    if source is None or state.has_raw(source, day):
        return loaded
    return replace(loaded, raw_bytes=file_size(world, source, day))


def _complete(world: World, state: State, attempt: Attempt) -> bool:
    """Scheduled runs leave alone what cannot get better: derived tables and post-game data that are whole."""
    processor = attempt.processor
    settled = processor.source is None or processor.after_games
    whole = full_rows(world, processor, attempt.day)
    loaded = state.tables.get((processor.name, attempt.day), 0)
    return attempt.trigger in {"schedule", "retry"} and settled and 0 < whole <= loaded


def dependency_day(dependency: Processor, processor: Processor, day: date) -> date:
    """The dependency's date that a run for `day` needs: its own, unless that is still to come at the first slot."""
    later = dependency.slots[0] > processor.slots[-1]
    return day - timedelta(days=1) if later and dependency.phase < processor.phase else day


def _weakest_dependency(world: World, state: State, processor: Processor, day: date) -> tuple[Processor | None, float]:
    found: tuple[Processor | None, float] = (None, 1.0)
    for name in processor.dependencies:
        dependency = world.fleet.by_name[name]
        share = state.coverage(world, dependency, dependency_day(dependency, processor, day))
        if share < found[1]:
            found = (dependency, share)
    return found


def _due(dependency: Processor, processor: Processor, attempt: Attempt) -> int:
    """From then on a missing dependency is a failure; before, there is simply nothing to process yet."""
    day = dependency_day(dependency, processor, attempt.day)
    return slot(day, dependency.slots[-1]) + 15 * MINUTE


def _blocked(attempt: Attempt, missing: Processor, share: float, draw: Random) -> Outcome:
    texts = UPSTREAM_PARTIAL if share > 0 else UPSTREAM
    message = pick(draw, texts, u=missing.name, d=attempt.day, n=int(share * 100))
    return failed("upstream_failure", message, round(draw.uniform(2.0, 7.0), 1))


def _on_offer(world: World, state: State, attempt: Attempt) -> int:
    processor, day = attempt.processor, attempt.day
    if processor.source is None:
        return full_rows(world, processor, day)
    fetches_itself = attempt.asked and processor.source in world.fleet.unscraped
    in_reach = attempt.at - slot(day, 24.0) < SOURCE_KEEPS
    if not state.has_raw(processor.source, day) and not (fetches_itself and in_reach):
        return 0
    return offered_rows(world, processor, day, attempt.at)


def quiet(world: World, attempt: Attempt, draw: Random) -> Outcome:
    """Nothing to do: recorded as a failure by some code, as a success with 0 records by other."""
    duration = round(draw.uniform(1.0, 5.0), 1)
    ends_well = attempt.trigger == "poll" or draw.random() > QUIET_FAILS or world.never_produces(attempt.processor)
    if ends_well:
        return Outcome("success", duration)
    message = draw.choice(quiet_texts(world, attempt.processor, attempt.day, attempt.at))
    return failed("no_data_available", message, duration)


def load(attempt: Attempt, rows: int, draw: Random) -> Outcome:
    duration = typical_duration(attempt.processor, draw)
    if attempt.trigger == "poll":
        duration = round(min(duration, draw.lognormvariate(0.9, 0.4)), 1)
    return Outcome("success", duration, records=rows, rows=rows)


def typical_duration(processor: Processor, draw: Random) -> float:
    """Seconds, lognormal with the processor's own median; the coordinator: typical 30 s, worst 607 s, CV 2.27."""
    if processor.name == "PredictionCoordinator":
        return round(min(607.0, draw.lognormvariate(3.4, 1.35)), 1)
    middle, most = {1: (18.0, 120.0), 2: (30.0, 500.0), 6: (20.0, 120.0)}.get(processor.phase, (140.0, 1100.0))
    median = middle * (0.4 + 1.4 * unit(processor.name, "median"))
    limit = min(most, processor.timeout * 0.8)
    return round(min(limit, draw.lognormvariate(0.0, 0.25) * median), 1)


def scrape(world: World, attempt: Attempt, draw: Random) -> Outcome:
    """A scraper's run: its trace is the raw file; on dates without data now and then an empty one."""
    day, source = attempt.day, str(attempt.processor.source)
    too_old = attempt.at - slot(day, 24.0) >= SOURCE_KEEPS
    duration = typical_duration(attempt.processor, draw)
    if not too_old and source_offers(world, source, day, attempt.at):
        games = len(world.calendar.games(day))
        records = max(1, games if attempt.processor.per_game else 1)
        return Outcome("success", duration, records=records, raw_bytes=file_size(world, source, day))
    day_over = attempt.at >= slot(day, attempt.processor.slots[-1])
    empty = day_over and leaves_empty_file(world, source, day)
    return Outcome("success", duration, raw_bytes=2 if empty else None)


def file_size(world: World, source: str, day: date) -> int:
    return 30_000 + int(unit(world.seed, source, day, "bytes") * 570_000)


def leaves_empty_file(world: World, source: str, day: date) -> bool:
    return unit(world.seed, source, day, "empty file") < 0.25
