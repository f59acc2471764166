"""A run as it is shown at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.runbooks.run import Run


@dataclass(frozen=True)
class Shown:
    """`incident` is its label, as INC-42, "": of none. `grants`: what the buttons of a step say, 0: of the run."""

    run: Run
    incident: str
    grants: Mapping[int, str]
    now: datetime
