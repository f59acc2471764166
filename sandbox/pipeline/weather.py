"""The platform's everyday troubles in the history: transient errors, lost row counts, an unreliable phase 5."""

from dataclasses import replace
from datetime import date

from sandbox.pipeline.chance import rng, spread, unit
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.messages import COORDINATOR, TIMEOUT, TRANSIENT, pick
from sandbox.pipeline.moments import eastern_date
from sandbox.pipeline.outcomes import Attempt, Outcome, failed
from sandbox.pipeline.state import State
from sandbox.pipeline.world import World

TRANSIENT_SHARE = 0.012
UNTRACKED_PROCESSORS = 0.44
"""Share of processors that do not always report their row count: 24 of 55."""
UNTRACKED_RUNS = 0.06
OFTEN_UNTRACKED = {"OddsGameLinesProcessor": 0.5, "BdlActivePlayersProcessor": 0.3}
NEVER = 99
MENDED_DAYS = 2
"""On the last days of the history phase 5 works, as it does afterwards: health is RED only of what somebody breaks."""


def everyday(world: World, state: State, attempt: Attempt, outcome: Outcome) -> Outcome:
    """The outcome with everyday troubles; runs that people ask for and polls are spared."""
    if attempt.asked or attempt.trigger == "poll" or not outcome.productive:
        return outcome
    draw = rng(world.seed, "weather", *attempt.key)
    if attempt.processor.phase == 5:
        return _phase_five(world, state, attempt, outcome)
    if attempt.number == 1 and draw.random() < TRANSIENT_SHARE:
        return failed("processing_error", pick(draw, TRANSIENT), round(draw.uniform(1.0, outcome.duration + 1), 1))
    forgets = unit(attempt.processor.name, "untracked") < UNTRACKED_PROCESSORS
    share = OFTEN_UNTRACKED.get(attempt.processor.name, UNTRACKED_RUNS if forgets else 0.0)
    if outcome.rows and draw.random() < share:
        return replace(outcome, records=0)
    return outcome


def failing_attempts(world: World, processor: Processor, day: date) -> int:
    """How many attempts of a phase 5 processor fail before one succeeds; NEVER (not on the last days): none does.

    Tuned so that 27 % of the month's phase 5 runs succeed, while most dates get their predictions in the end.
    """
    age = (eastern_date(world.end) - day).days
    if 0 <= age <= MENDED_DAYS:
        return 0
    order = spread(day.toordinal(), world.seed, processor.name)
    slots = len(processor.slots)
    if order < 0.16:
        return 0
    if order < 0.96 or age <= MENDED_DAYS + 1:
        return 1 + int((min(order, 0.95) - 0.16) / 0.8 * (1 + 3 * slots))
    return NEVER


def _phase_five(world: World, state: State, attempt: Attempt, outcome: Outcome) -> Outcome:
    so_far = state.failures.get((attempt.processor.name, attempt.day), 0)
    if so_far >= failing_attempts(world, attempt.processor, attempt.day):
        return outcome
    draw = rng(world.seed, "phase 5", *attempt.key)
    hangs = so_far == 1 and unit(world.seed, attempt.processor.name, attempt.day, "hangs") < 0.5
    if hangs:
        limit = attempt.processor.timeout
        return failed("timeout", pick(draw, TIMEOUT, n=limit), limit + round(draw.uniform(1.0, 9.0), 1))
    return failed("processing_error", pick(draw, COORDINATOR, n=draw.randint(1, 9)), round(draw.uniform(4.0, 90.0), 1))
