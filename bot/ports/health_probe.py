"""Does a service say of itself that it is well?"""

from dataclasses import dataclass
from typing import Protocol

from bot.domain.platform.registry import Service


@dataclass(frozen=True)
class Health:
    """`ok` None: it was not asked, or gave no answer; `said` in words."""

    ok: bool | None
    said: str


class HealthProbe(Protocol):
    def of(self, service: Service) -> Health:
        """Its health path is asked, at the address of the registry. Raises nothing for what the other side does."""
        ...
