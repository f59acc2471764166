"""Graphs of steps with deadlines, made up from a seed; and the best that any order of them can save."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from random import Random

from bot.domain.reprocessing.cheapest import Due
from bot.domain.reprocessing.plan import Limits, Step, StepKey
from bot.domain.reprocessing.slots import scheduled
from bot.domain.verdicts.judge import Verdict

DAY = date(2026, 1, 14)


@dataclass(frozen=True)
class Storm:
    """`steps` in the order in which they failed."""

    steps: Sequence[Step]
    due: Mapping[StepKey, Due]
    limits: Limits

    @property
    def at_stake(self) -> int:
        return sum(each.weight for each in self.due.values())

    def saves(self, order: Sequence[int]) -> int:
        """The weight of the deadlines that are met."""
        steps = [self.steps[index] for index in order]
        spans = scheduled(steps, self.limits)
        ends = {step.key: span.end for step, span in zip(steps, spans, strict=True)}
        return sum(each.weight for key, each in self.due.items() if ends[key] <= each.seconds)

    def first_in_first_out(self) -> int:
        return self.saves(range(len(self.steps)))

    def best(self) -> int:
        """By trying every order: of a few steps only."""
        return max(self.saves(order) for order in permutations(range(len(self.steps))))


def storm(seed: int, size: int, slots: int = 0) -> Storm:
    """Each step waits for up to two others; deadlines fall while it lasts."""
    dice = Random(seed)
    slots = slots or dice.randint(1, 3)
    steps = [_step(dice, at) for at in range(size)]
    lasts = sum(step.seconds or 0.0 for step in steps) / slots
    due = {
        steps[at].key: Due(seconds=dice.uniform(0.15, 0.8) * lasts + 3, weight=dice.choice([1, 2, 4, 8]))
        for at in dice.sample(range(size), min(size, dice.randint(2, max(4, size // 5))))
    }
    dice.shuffle(steps)
    return Storm(steps, due, Limits(slots))


def _step(dice: Random, at: int) -> Step:
    after = sorted(dice.sample(range(at), dice.randint(0, min(2, at))))
    return Step(
        processor=f"P{at:03}",
        data_date=DAY,
        because="",
        verdict=Verdict.MISSING_RUN,
        seconds=float(dice.randint(1, 9)),
        after=tuple(f"P{each:03}" for each in after),
        service=f"S{dice.randint(0, 4)}",
    )
