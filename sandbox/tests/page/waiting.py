"""Waiting for what happens outside the browser."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(met: Callable[[], T], seconds: float = 20.0) -> T:
    """The value of `met` once it is true; TimeoutError after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = met()
        if value:
            return value
        time.sleep(0.02)
    raise TimeoutError(f"still {met()!r} after {seconds} s")
