"""For databases without a transaction over a whole load: a mark that a load has begun and not ended.

A load takes the same steps again with the same result, save one: what it has already merged counts as unchanged, and
so would not be counted into the roll-up. The next load that finds the mark therefore makes evidence and roll-up anew.
"""

from collections.abc import Iterator, Set
from contextlib import contextmanager
from typing import Any

from bot.adapters.warehouse.engine import Session

MARK = "unfinished"
WARNING = "a load is under way, or one was interrupted: figures may be incomplete. Load the same files again"


@contextmanager
def marked(session: Session) -> Iterator[Session]:
    """Stays marked when the load fails, or its process dies."""
    session.run("remember_fact", {"name": MARK, "value": WARNING})
    yield session
    session.run("forget_fact", {"name": MARK})


def is_unfinished(facts: Set[tuple[Any, ...]]) -> bool:
    """`facts`: (name, value) as the warehouse holds them."""
    return any(name == MARK for name, _ in facts)
