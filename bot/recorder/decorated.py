"""A function whose calls are runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from bot.recorder.recording import record_run

COROUTINE = 0x80
"""https://docs.python.org/3/library/inspect.html#inspect.CO_COROUTINE"""
MOST_WRAPPED = 100
F = TypeVar("F", bound=Callable[..., Any])


def recorded(processor: str, *, argument: str = "data_date", **more: Any) -> Callable[[F], F]:
    """A decorator. The function takes the date as `argument`, and returns its row count."""
    about = {name: value for name, value in more.items() if name != "data_date"}

    def decorated(function: F) -> F:
        place = _place(function, argument)

        def day_of(given: tuple[Any, ...], named: dict[str, Any]) -> Any:
            with suppress(Exception):  # an argument that cannot be a name
                return named.get(argument, given[place] if place < len(given) else None)

        async def waited(*given: Any, **named: Any) -> Any:
            with record_run(processor, day_of(given, named), **about) as run:
                run.records = result = await function(*given, **named)
            return result

        def called(*given: Any, **named: Any) -> Any:
            with record_run(processor, day_of(given, named), **about) as run:
                run.records = result = function(*given, **named)
            return result

        made = waited if _is_awaited(function) else called
        with suppress(Exception):  # somebody else's object
            functools.update_wrapper(made, function)
        return made  # type: ignore[return-value]

    return decorated


def _is_awaited(function: Any) -> bool:
    try:
        return bool(function.__code__.co_flags & COROUTINE)
    except Exception:  # noqa: BLE001 (somebody else's object)
        return False


def _place(function: Any, argument: str) -> int:
    """Where the argument stands in a call; past all of them where it is not known."""
    unknown = 1_000
    try:
        for _ in range(MOST_WRAPPED):
            if not hasattr(function, "__wrapped__"):
                code = function.__code__
                return int(code.co_varnames[: code.co_argcount].index(argument))
            function = function.__wrapped__
    except Exception:  # noqa: BLE001 (somebody else's object)
        return unknown
    return unknown
