"""`python -m benchmarks.repair_order`: how fast repairs are planned, and what the cheapest order saves in storms."""

import argparse
import os
from datetime import UTC, date, datetime, timedelta
from time import process_time

from bot.domain.platform.registry import Processor, Registry
from bot.domain.reprocessing.cheapest import cheapest
from bot.domain.reprocessing.plan import Request, StepKey
from bot.domain.reprocessing.planning import Circumstances, StepFacts, plan
from bot.domain.verdicts.judge import Judged, Verdict
from tests.support.storms import Storm, storm

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
LAST = date(2026, 1, 9)
WIDE = 100
"""Processors, and dates: 10,000 steps."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repair_order", description=__doc__)
    parser.add_argument("--storms", type=int, default=1_000)
    parser.add_argument("--size", type=int, default=40, help="steps of a storm")
    parser.add_argument("--small", type=int, default=50, help="graphs of seven steps, against every order of them")
    options = parser.parse_args()
    print(f"{options}; load {os.getloadavg()[0]:.1f}")
    plain, timed = _planned(due=False), _planned(due=True)
    print(f"  plan of {WIDE * WIDE:,} steps: {plain:.2f} s of CPU; with deadlines {timed:.2f} s")
    small = [storm(seed, 7) for seed in range(options.small)]
    best, found = sum(each.best() for each in small), sum(map(_saved, small))
    print(f"  {len(small)} graphs of 7 steps: {found:,} of {best:,}, the best of all orders ({found / best:.1%})")
    made = [storm(seed, options.size, slots=4) for seed in range(options.storms)]
    began = process_time()
    saved = list(map(_saved, made))
    took = process_time() - began
    first = [each.first_in_first_out() for each in made]
    worse = sum(one < other for one, other in zip(saved, first, strict=True))
    at_stake = sum(each.at_stake for each in made)
    print(f"  {len(made):,} storms of {options.size} steps: at stake {at_stake:,}, saved {sum(saved):,}")
    print(
        f"  first in, first out saves {sum(first):,}; worse than that in {worse}; {took / len(made):.2f} s of CPU each"
    )


def _saved(of: Storm) -> int:
    return sum(of.due[each.key].weight for each in cheapest(of.steps, of.limits, of.due).saved)


def _planned(*, due: bool) -> float:
    """The best of three."""
    made = [
        Processor(name=f"P{at}", service=f"S{at % 10}", dependencies=(f"P{at - 10}",) if at >= 10 else ())
        for at in range(WIDE)
    ]
    names = [each.name for each in made]
    first = LAST - timedelta(days=WIDE - 1)
    failed = StepFacts(judged=Judged(verdict=Verdict.PROCESSOR_FAILED, because="it failed"), filled=False, rows=0)
    facts = {StepKey(name, first + timedelta(days=ahead)): failed for name in names for ahead in range(WIDE)}
    ahead = {StepKey(name, LAST): NOW + timedelta(hours=1) for name in names[80:]} if due else {}
    seconds = {name: 60.0 + at for at, name in enumerate(names)}
    around = Circumstances(registry=Registry(processors=tuple(made)), today=NOW.date(), seconds=seconds, due=ahead)
    request = Request(processors=tuple(names), first=first, last=LAST)
    return min(_timed(request, names, facts, around) for _ in range(3))


def _timed(request: Request, names: list[str], facts: dict[StepKey, StepFacts], around: Circumstances) -> float:
    began = process_time()
    plan("P", request, names, facts, around, NOW)
    return process_time() - began


if __name__ == "__main__":
    main()
