"""Work that one process does while the others stand by."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Lease:
    """Who does a work. `beat` goes up for as long as that process lives, so nobody's clock is compared with another's;
    holder "": nobody has it. `note`: what the holder tells the others.
    """

    work: str
    holder: str
    beat: int = 0
    note: str = ""


class LeaseRecord(Protocol):
    def put(self, before: Lease | None, after: Lease) -> bool:
        """In place of `before` (None: there is none). False, and no change, if it is not as `before` any more."""
        ...

    def holds(self, work: str, holder: str) -> bool:
        """Is it that holder's, and will it be until this transaction ends?"""
        ...
