"""What a tool says of the jobs that it runs, before any of their runs is looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter


@dataclass(frozen=True)
class Described:
    """One job. `crons` fire on the data date itself; `hours` are wall-clock hours after its midnight. Both are in
    `timezone` (None: the platform's). `asleep`: why it is not started now. `where`: what of the tool says all this.
    `doubts`: what it leaves open.
    """

    name: str
    where: str
    dependencies: tuple[str, ...] = ()
    owner: str | None = None
    description: str = ""
    crons: tuple[str, ...] = ()
    hours: tuple[float, ...] = ()
    timezone: str | None = None
    timeout_seconds: float | None = None
    asleep: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def is_scheduled(self) -> bool:
        return bool(self.crons or self.hours)


@dataclass(frozen=True)
class PlatformDescription:
    """What a tool says of its jobs. `timezone`: the one of most schedules, None where it has none."""

    jobs: tuple[Described, ...] = ()
    timezone: str | None = None

    @property
    def by_name(self) -> Mapping[str, Described]:
        return {job.name: job for job in self.jobs}


def without_cycles(jobs: Iterable[Described]) -> tuple[Described, ...]:
    """Every job, with dependencies on each other only, each once, and none that closes a circle."""
    given = tuple(jobs)
    names = {job.name for job in given}
    edges = {job.name: {name: None for name in job.dependencies if name in names and name != job.name} for job in given}
    while True:
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as error:
            before, after = error.args[1][0], error.args[1][1]
            del edges[after][before]
        else:
            return tuple(replace(job, dependencies=tuple(edges[job.name])) for job in given)
