"""How bad it is: P0 wakes people, P3 waits for the digest."""

from enum import StrEnum


class Severity(StrEnum):
    """The values order from worst to least: `P0 < P1` as text, and as severity."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
