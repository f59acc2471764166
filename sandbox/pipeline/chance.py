"""Randomness that depends on nothing but the seed and what is drawn for, so that order and restarts do not matter."""

import math
from hashlib import blake2b
from random import Random


def rng(*key: object) -> Random:
    """A generator of its own for `key`."""
    return Random("|".join(map(str, key)))


def _digest(key: tuple[object, ...]) -> bytes:
    return blake2b("|".join(map(str, key)).encode(), digest_size=8).digest()


def unit(*key: object) -> float:
    """A number in [0, 1) for `key`."""
    return int.from_bytes(_digest(key), "big") / 2**64


def token(*key: object) -> str:
    """Sixteen hexadecimal digits for `key`."""
    return _digest(key).hex()


def spread(number: int, *key: object) -> float:
    """A number in [0, 1) that fills the range evenly as `number` counts up (golden ratio steps)."""
    return (number * 0.6180339887498949 + unit(*key)) % 1.0


def rounded(expected: float, *key: object) -> int:
    """A whole number whose mean over many keys is `expected`."""
    return math.floor(expected + unit(*key))
