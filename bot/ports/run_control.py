"""How one processor is asked to run for one date, and how it is found again when nobody knows whether it was taken."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Order:
    """`request_id` is unique, and the same at each try of the same order: a service that keeps it starts it once.
    `service` is a name of the registry: nothing else says where the order goes. The run may take `timeout_s`.
    """

    request_id: str
    service: str
    processor: str
    data_date: date
    timeout_s: float


class Taken(StrEnum):
    ACCEPTED = "accepted"
    """It was taken; that it runs, or has done anything, is not said."""
    REFUSED = "refused"
    """It was not taken, for certain: nothing runs because of it."""
    AMBIGUOUS = "ambiguous"
    """Nobody knows: look before it is asked for again."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`execution` is what the service calls the run, "" where it named none. `permanent`: the same order gets the same
    answer until a person puts something right. `busy`: that processor runs for that date already. `retry_after` counts
    seconds; None: it named none.
    """

    taken: Taken
    reason: str = ""
    execution: str = ""
    permanent: bool = False
    busy: bool = False
    retry_after: float | None = None


class RunControl(Protocol):
    """Every call ends within `ANSWERS_WITHIN_S`, and raises nothing for what the other side does."""

    def start(self, order: Order) -> Answer: ...

    def find(self, order: Order, since: datetime) -> Answer | None:
        """What became of an order that was given at `since` or later: ACCEPTED, it is there; REFUSED, it is not;
        AMBIGUOUS, it could not be looked up now. None: this service cannot look one up by its request id.
        """
        ...

    def cancel(self, order: Order, execution: str) -> Answer:
        """ACCEPTED: it ends. REFUSED: it goes on; many services cannot end a run."""
        ...


ANSWERS_WITHIN_S = 20.0
"""A service that answers only when the run has ended is not waited for: its answer is ambiguous, the run row tells."""
