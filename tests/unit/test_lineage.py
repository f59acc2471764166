"""Hops along the dependencies, against a library that knows graphs."""

import networkx
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.platform.lineage import Lineage
from bot.domain.platform.registry import Registry


def registry(dependencies: dict[str, list[str]]) -> Registry:
    processors = [{"name": name, "phase": 1, "dependencies": on} for name, on in dependencies.items()]
    return Registry.model_validate({"processors": processors})


DIAMOND = Lineage(registry({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": ["d", "a"], "lone": []}))


def test_nearest_first_with_the_shortest_way() -> None:
    assert list(DIAMOND.down("a").items()) == [("b", 1), ("c", 1), ("e", 1), ("d", 2)]
    assert list(DIAMOND.up("e").items()) == [("d", 1), ("a", 1), ("b", 2), ("c", 2)]


def test_none() -> None:
    assert DIAMOND.down("e") == DIAMOND.up("a") == DIAMOND.down("lone") == {}
    assert DIAMOND.down("not registered") == DIAMOND.up("not registered") == {}


def test_found_once() -> None:
    assert DIAMOND.down("a") is DIAMOND.down("a")
    assert DIAMOND.up("e") is DIAMOND.up("e")


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Any acyclic graph of up to 12 processors: each depends on some that come before it."""
    size = draw(st.integers(1, 12))
    names = [f"p{n}" for n in range(size)]
    return {name: draw(st.lists(st.sampled_from(names[:n]), unique=True)) if n else [] for n, name in enumerate(names)}


@given(graphs())
def test_hops_are_shortest_paths(dependencies: dict[str, list[str]]) -> None:
    lineage = Lineage(registry(dependencies))
    graph = networkx.DiGraph([(on, name) for name, ons in dependencies.items() for on in ons])
    graph.add_nodes_from(dependencies)
    for name in dependencies:
        down = dict(networkx.single_source_shortest_path_length(graph, name))
        up = dict(networkx.single_source_shortest_path_length(graph.reverse(), name))
        assert {name: 0, **lineage.down(name)} == down
        assert {name: 0, **lineage.up(name)} == up
