"""Losses that nobody can repair any more, and that the team has accepted."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class AcceptedLoss:
    """The dates from `first` to `last` of one processor, both included."""

    processor: str
    first: date
    last: date
    reason: str


@dataclass(frozen=True)
class AcceptedLosses:
    losses: tuple[AcceptedLoss, ...] = ()

    def reason(self, processor: str, data_date: date) -> str | None:
        """Why the loss of that date is accepted; None when it is not."""
        return next(
            (
                loss.reason
                for loss in self.losses
                if loss.processor == processor and loss.first <= data_date <= loss.last
            ),
            None,
        )
