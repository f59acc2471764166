"""Work on many things of which one may be bad."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from bot.domain.errors import StateUnavailable

T = TypeVar("T")


def each_alone(work: Callable[[T], object], items: Iterable[T]) -> None:
    """One that fails takes no other with it. Raises the first failure at the end; where the state is away, at once."""
    failures = list[Exception]()
    for item in items:
        try:
            work(item)
        except StateUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 (raised below)
            failures.append(error)
    if failures:
        raise failures[0]
