"""What hung and repeated runs have cost: their seconds, times what their service is given, times a price.

A run that timed out or never ended is hung; one that is tried again (`attempt` above 1, or trigger `retry`) is
repeated; one that is both counts as hung. One whose time is not known is taken to have used its whole limit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from bot.domain.counts import plural
from bot.domain.platform.names import some_of
from bot.domain.platform.registry import Registry

HARD_LIMIT_S = 1_800.0
"""Of a processor whose limit is not known."""
MOST_NAMED, MILLION = 3, 1_000_000


class Use(StrEnum):
    """What became of runs."""

    UNENDED = "never ended"
    TIMED_OUT = "timed out"
    REPEATED = "repeated"
    OTHER = "other"


HUNG = (Use.UNENDED, Use.TIMED_OUT)


class RunTimes(NamedTuple):
    """Runs of a processor: `seconds` are of `timed` of them. Of `told` it is known whether they were tried again."""

    processor: str
    use: Use
    runs: int
    timed: int
    seconds: float
    told: int


@dataclass(frozen=True)
class Prices:
    """Per second of a vCPU, and of a GiB of memory; `vcpu` and `gib`: what a service has whose size the registry does
    not say. The defaults are Cloud Run's of us-west2, and its smallest usual size: https://cloud.google.com/run/pricing
    """

    vcpu_second: float = 0.0000336
    gib_second: float = 0.0000035
    vcpu: float = 1.0
    gib: float = 0.5
    currency: str = "USD"


STANDARD = Prices()


@dataclass(frozen=True)
class ProcessorCost:
    """`sized`: the registry says what its service is given; `assumed`: so many of its runs count with their limit."""

    processor: str
    hung_runs: int
    hung_s: float
    repeated_runs: int
    repeated_s: float
    vcpu: float
    gib: float
    sized: bool
    assumed: int

    @property
    def seconds(self) -> float:
        return self.hung_s + self.repeated_s

    @property
    def vcpu_seconds(self) -> float:
        return self.seconds * self.vcpu

    @property
    def gib_seconds(self) -> float:
        return self.seconds * self.gib

    def price(self, prices: Prices) -> float:
        return self.vcpu_seconds * prices.vcpu_second + self.gib_seconds * prices.gib_second


@dataclass(frozen=True)
class Cost:
    """Of all `runs` of a span, the dearest first. `all_seconds` are those of every run; `told`: of any run it is known
    whether it was tried again.
    """

    found: tuple[ProcessorCost, ...]
    prices: Prices
    runs: int
    all_seconds: float
    told: bool

    @cached_property
    def total(self) -> float:
        return sum(each.price(self.prices) for each in self.found)

    @cached_property
    def seconds(self) -> float:
        return sum(each.seconds for each in self.found)

    def assumptions(self) -> Iterator[str]:
        """What the figures rest on, in words."""
        prices = self.prices
        yield (
            f"{prices.vcpu_second * MILLION:,.2f} {prices.currency} a million vCPU seconds, "
            f"{prices.gib_second * MILLION:,.2f} a million GiB seconds; waiting costs as much as computing"
        )
        unsized = [each.processor for each in self.found if not each.sized]
        if unsized:
            size = f"{prices.vcpu:g} vCPU and {prices.gib:g} GiB, as the registry does not say"
            yield f"{some_of(unsized, MOST_NAMED)}: {size}"
        assumed = sum(each.assumed for each in self.found)
        if assumed:
            yield f"without an end, counted with the limit (else {HARD_LIMIT_S / 60:.0f} min): {plural(assumed, 'run')}"
        if not self.told:
            yield "the history has neither `attempt` nor `trigger`: repeated runs cannot be told"


def cost_of(times: Iterable[RunTimes], registry: Registry, prices: Prices) -> Cost:
    """Processors without hung or repeated runs are left out."""
    by_name, runs, all_seconds, told = defaultdict[str, list[RunTimes]](list), 0, 0.0, False
    for each in times:
        runs += each.runs
        told = told or each.told > 0
        all_seconds += _seconds(each, _limit(each.processor, registry))
        if each.use is not Use.OTHER:
            by_name[each.processor].append(each)
    found = [_of(name, those, registry, prices) for name, those in by_name.items()]
    found.sort(key=lambda each: (-each.price(prices), each.processor))
    return Cost(tuple(found), prices, runs, all_seconds, told)


def _of(name: str, those: list[RunTimes], registry: Registry, prices: Prices) -> ProcessorCost:
    limit = _limit(name, registry)
    hung, repeated = [one for one in those if one.use in HUNG], [one for one in those if one.use is Use.REPEATED]
    known = registry.by_name.get(name)
    service = next((each for each in registry.services if known is not None and each.name == known.service), None)
    vcpu, gib = (None, None) if service is None else (service.vcpu, service.gib)
    return ProcessorCost(
        processor=name,
        hung_runs=sum(each.runs for each in hung),
        hung_s=sum(_seconds(each, limit) for each in hung),
        repeated_runs=sum(each.runs for each in repeated),
        repeated_s=sum(_seconds(each, limit) for each in repeated),
        vcpu=vcpu or prices.vcpu,
        gib=gib or prices.gib,
        sized=vcpu is not None and gib is not None,
        assumed=sum(each.runs - each.timed for each in those if each.use in HUNG),
    )


def _limit(name: str, registry: Registry) -> float:
    known = registry.by_name.get(name)
    return HARD_LIMIT_S if known is None else known.timeout_seconds or HARD_LIMIT_S


def _seconds(each: RunTimes, limit: float) -> float:
    """A run that ended, and does not say how long it took, counts with nothing."""
    return each.seconds + ((each.runs - each.timed) * limit if each.use in HUNG else 0.0)
