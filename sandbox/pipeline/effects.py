"""What each fault makes of an attempt that would have gone well."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from sandbox.pipeline import messages
from sandbox.pipeline.chance import rng, unit
from sandbox.pipeline.faults import Fault
from sandbox.pipeline.outcomes import Attempt, Outcome, failed, skipped
from sandbox.pipeline.state import State
from sandbox.pipeline.world import World

BROKEN_SHARE = 0.8
AGAIN = "backfill"
"""Share of runs that a broken deploy fails."""

Effect = Callable[[Outcome, Attempt, Fault, Random], Outcome | None]


def struck(world: World, state: State, attempt: Attempt, outcome: Outcome, faults: list[Fault]) -> Outcome | None:
    """The outcome under `faults`; None: the run is never started."""
    result: Outcome | None = outcome
    for fault in faults:
        draw = rng(world.seed, fault.id, *attempt.key)
        if fault.name == "idempotency_block" and result is not None:
            result = _idempotency(state, attempt, result, draw)
        elif result is not None:
            result = EFFECTS[fault.name](result, attempt, fault, draw)
    return result


def _idempotency(state: State, attempt: Attempt, outcome: Outcome, draw: Random) -> Outcome:
    if (attempt.processor.name, attempt.day) in state.marked_done:
        return skipped(draw, messages.SKIP_DONE, attempt.day)
    if outcome.status == "skipped":
        return outcome
    return Outcome("success", round(draw.uniform(1.0, 4.0), 1), marks_done=True)


def _crash(outcome: Outcome, attempt: Attempt, fault: Fault, draw: Random) -> Outcome:
    if not outcome.productive:
        return outcome
    text = rng(fault.id).choice(messages.PROCESSING) if attempt.number > 1 else draw.choice(messages.PROCESSING)
    return failed("processing_error", text.format(n=draw.randint(20_000, 60_000)), _partly(outcome, draw))


def _partly(outcome: Outcome, draw: Random) -> float:
    return round(max(1.0, outcome.duration * draw.uniform(0.4, 1.0)), 1)


def _validation(outcome: Outcome, attempt: Attempt, _fault: Fault, draw: Random) -> Outcome:
    if not outcome.productive:
        return outcome
    refused = f"{max(1, outcome.records * 3 // 5)} of {outcome.records}"
    return failed(
        "validation_failed", messages.pick(draw, messages.VALIDATION, n=refused, d=attempt.day), outcome.duration
    )


def _timeout(outcome: Outcome, attempt: Attempt, _fault: Fault, draw: Random) -> Outcome:
    if not outcome.productive:
        return outcome
    limit = attempt.processor.timeout
    return failed("timeout", messages.pick(draw, messages.TIMEOUT, n=limit), limit + round(draw.uniform(1.0, 9.0), 1))


def _stuck(outcome: Outcome, _attempt: Attempt, _fault: Fault, draw: Random) -> Outcome:
    if not outcome.productive:
        return outcome
    hours = draw.uniform(10.0, 14.0)
    return replace(failed("timeout", messages.JANITOR, round(hours * 3600.0, 0)), hung=True)


def _slow(outcome: Outcome, attempt: Attempt, _fault: Fault, draw: Random) -> Outcome:
    if not outcome.productive:
        return outcome
    longest = max(outcome.duration, attempt.processor.timeout * 0.85)
    return replace(outcome, duration=round(min(longest, outcome.duration * draw.uniform(4.5, 6.0)), 1))


def _zero(outcome: Outcome, _attempt: Attempt, _fault: Fault, _draw: Random) -> Outcome:
    """The raw file is there, the table stays empty; a scraper that finds zero leaves no file."""
    return Outcome("success", outcome.duration) if outcome.productive else outcome


def _masked(outcome: Outcome, attempt: Attempt, _fault: Fault, draw: Random) -> Outcome:
    if not outcome.productive:
        return outcome
    source = attempt.processor.source or attempt.processor.name
    return failed(
        "no_data_available",
        messages.pick(draw, messages.NOT_PUBLISHED, d=attempt.day, s=source),
        round(draw.uniform(2.0, 6.0), 1),
    )


def _tracking(outcome: Outcome, _attempt: Attempt, _fault: Fault, _draw: Random) -> Outcome:
    return replace(outcome, records=0)


def _partial(outcome: Outcome, attempt: Attempt, fault: Fault, _draw: Random) -> Outcome:
    if not outcome.productive or outcome.rows is None:
        return outcome
    rows = max(1, int(outcome.rows * (0.1 + 0.4 * unit(fault.id, attempt.day))))
    return replace(outcome, rows=rows, records=rows)


def _scraper_down(outcome: Outcome, attempt: Attempt, _fault: Fault, draw: Random) -> Outcome:
    """Only scrapers fail; whoever reads the source finds no file by itself, unless it fetches for itself."""
    fetched = attempt.processor.is_scraper or attempt.asked
    if not outcome.productive or not fetched:
        return outcome
    text = messages.pick(draw, messages.SCRAPE_TIMEOUT, s=str(attempt.processor.source).replace("/", "-"))
    return failed("timeout", text, round(draw.uniform(30.0, 31.6), 1))


def _missing(_outcome: Outcome, _attempt: Attempt, _fault: Fault, _draw: Random) -> None:
    return None


def _storm(outcome: Outcome, _attempt: Attempt, fault: Fault, draw: Random) -> Outcome:
    if outcome.status == "skipped":
        return outcome
    return failed("processing_error", rng(fault.id).choice(messages.INFRASTRUCTURE), round(draw.uniform(2.0, 12.0), 1))


def _retry_storm(outcome: Outcome, _attempt: Attempt, _fault: Fault, _draw: Random) -> Outcome:
    return outcome


def _deploy(outcome: Outcome, attempt: Attempt, fault: Fault, draw: Random) -> Outcome:
    """A date that is processed again meets the fault for certain."""
    if not outcome.productive or (draw.random() >= BROKEN_SHARE and attempt.trigger != AGAIN):
        return outcome
    return failed("processing_error", rng(fault.id).choice(messages.DEPLOY), round(draw.uniform(1.0, 4.0), 1))


EFFECTS: dict[str, Effect] = {
    "scraper_down": _scraper_down,
    "processor_crash": _crash,
    "upstream_cascade": _crash,
    "zero_records": _zero,
    "masked_failure": _masked,
    "tracking_fault": _tracking,
    "partial_load": _partial,
    "stuck_run": _stuck,
    "timeout": _timeout,
    "phase5_down": _timeout,
    "slow": _slow,
    "validation_failed": _validation,
    "missing_run": _missing,
    "retry_storm": _retry_storm,
    "alert_storm": _storm,
    "deploy_regression": _deploy,
}
