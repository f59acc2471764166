"""Who feeds whom: transitive dependents and dependencies of a processor, with their distance."""

from collections.abc import Mapping
from functools import cached_property

from bot.domain.platform.registry import Registry


class Lineage:
    """Hops from a processor along the registry's dependencies, found on demand and kept. Do not change what it returns.

    A name that is not registered, or that nothing depends on, has none: an empty dict.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._down: dict[str, dict[str, int]] = {}
        self._up: dict[str, dict[str, int]] = {}

    def down(self, name: str) -> dict[str, int]:
        """Every processor that depends on `name`, directly (1) or through others (2, 3, ...); nearest first."""
        if name not in self._down:
            self._down[name] = _hops(name, self._dependents)
        return self._down[name]

    def up(self, name: str) -> dict[str, int]:
        """Every processor that `name` depends on, directly (1) or through others (2, 3, ...); nearest first."""
        if name not in self._up:
            self._up[name] = _hops(name, self._dependencies)
        return self._up[name]

    @cached_property
    def is_told(self) -> bool:
        """Whether the registry names dependencies at all; where it names none, nobody knows who feeds whom."""
        return any(self._dependents.values())

    @cached_property
    def _dependents(self) -> dict[str, tuple[str, ...]]:
        return self._registry.dependents

    @cached_property
    def _dependencies(self) -> dict[str, tuple[str, ...]]:
        return {processor.name: processor.dependencies for processor in self._registry.processors}


def _hops(start: str, neighbours: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Breadth first, so the first way found is a shortest one."""
    found, level, hops = {start: 0}, [start], 0
    while level:
        hops += 1
        reached = []
        for name in level:
            for neighbour in neighbours.get(name, ()):
                if neighbour not in found:
                    found[neighbour] = hops
                    reached.append(neighbour)
        level = reached
    del found[start]
    return found
