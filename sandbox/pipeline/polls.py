"""The pollers' runs between the slots: the many that find nothing, and when the few that succeed happen."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from sandbox.pipeline.categories import recorded
from sandbox.pipeline.chance import rng, rounded, token
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.messages import (
    NO_GAMES,
    NOT_PUBLISHED,
    NOTHING_NEW,
    RATE_LIMIT,
    ROSTER_UNCHANGED,
    SOURCE_ERROR,
)
from sandbox.pipeline.moments import HOUR, eastern_date
from sandbox.pipeline.rows import RunRow
from sandbox.pipeline.supply import has_data, offered_rows
from sandbox.pipeline.volume import PollPlan, empty_span, found_span, is_pile_up
from sandbox.pipeline.world import World

LONGEST_DELAY = 60
"""A failing poll is over and recorded within this many seconds of its start."""
RETRIED = 0.45
"""Share of the Monday pile-up that are retries with colliding back-off."""
RATE_LIMITED = 0.005
"""Share of the Monday pile-up that quotas refuse."""
STORM_FACTOR = 12
"""Times the usual rate that a retry storm adds."""


def failing_polls(world: World, plan: PollPlan, hour: int) -> list[RunRow]:
    """The polls of one hour (since the epoch) that find nothing, by start."""
    processor = plan.processor
    draw = rng(world.seed, "polls", processor.name, hour)
    count = plan.failing(world.seed, hour)
    piled = is_pile_up(hour)
    mistakes = 0.006 if processor.name == "OddsApiPropsProcessor" else 0.0
    rows: list[RunRow] = []
    texts: dict[date, tuple[str, ...]] = {}
    prefix = token(world.seed, processor.name, hour)[:12]
    starts = sorted(hour * HOUR + int(draw.random() * HOUR) for _ in range(count))
    today = eastern_date(hour * HOUR)
    for number, start in enumerate(starts):
        day = today - timedelta(days=1) if draw.random() < 0.15 else today
        if day not in texts:
            texts[day] = quiet_texts(world, processor, day, hour * HOUR)
        attempt = 1
        if piled and draw.random() < RETRIED:
            attempt = 3 + int(draw.random() * 11)
        category, message = "no_data_available", draw.choice(texts[day])
        chance = draw.random()
        if attempt > 1 and chance < RATE_LIMITED / RETRIED:
            category = "processing_error"
            message = draw.choice(RATE_LIMIT).format(s=processor.source, n=attempt)
        elif chance > 1 - mistakes:
            category, message = "processing_error", SOURCE_ERROR
        rows.append(_row(world, processor, f"{prefix}{number:04x}", day, start, category, message, attempt, draw))
    return rows


def storm_polls(world: World, plan: PollPlan, hour: int, fault_id: str) -> list[RunRow]:
    """What a retry storm adds in one hour: retries without end, refused by quotas."""
    draw = rng(world.seed, fault_id, plan.processor.name, hour)
    prefix = token(fault_id, plan.processor.name, hour)[:12]
    day = eastern_date(hour * HOUR)
    rows = []
    for number in range(int(plan.failing_rate * STORM_FACTOR)):
        start, attempt = hour * HOUR + int(draw.random() * HOUR), 3 + int(draw.random() * 11)
        message = draw.choice(RATE_LIMIT).format(s=plan.processor.source, n=attempt)
        rows.append(
            _row(world, plan.processor, f"{prefix}{number:04x}", day, start, "processing_error", message, attempt, draw)
        )
    return sorted(rows, key=lambda row: row.started_at)


def _row(
    world: World,
    processor: Processor,
    run_id: str,
    day: date,
    start: int,
    category: str,
    message: str,
    attempt: int,
    draw: Random,
) -> RunRow:
    duration = round(min(8.0, draw.lognormvariate(0.47, 0.35)), 1)
    end = start + int(duration + 0.5)
    return RunRow(
        run_id,
        processor.name,
        processor.phase,
        day,
        start,
        end,
        "failed",
        0,
        duration,
        recorded(world, processor, category, start, draw.random()),
        message,
        attempt,
        "retry" if attempt > 1 else "poll",
        end,
        end + 1 + int(draw.random() * 20),
    )


def quiet_texts(world: World, processor: Processor, day: date, at: int) -> tuple[str, ...]:
    """What a run says that has nothing to do, as far as it can know."""
    texts: tuple[str, ...]
    if processor.sporadic:
        texts = ROSTER_UNCHANGED
    elif not has_data(world, processor, day):
        texts = NO_GAMES
    else:
        texts = NOTHING_NEW if offered_rows(world, processor, day, at) else NOT_PUBLISHED
    return tuple(text.format(d=day, s=processor.source or processor.name) for text in texts)


def succeeding_polls(world: World, plan: PollPlan, day: date) -> Iterator[int]:
    """When polls for `day` end well, with or without data; epoch seconds."""
    name = plan.processor.name
    quotas = (
        (found_span(world, plan.processor, day), plan.found_a_date, "found"),
        (empty_span(world, plan.processor, day), plan.empty_a_date, "empty"),
    )
    for span, quota, kind in quotas:
        if span is not None:
            draw = rng(world.seed, name, day, kind)
            count = rounded(quota, world.seed, name, day, kind)
            yield from (int(draw.uniform(*span)) for _ in range(count))
