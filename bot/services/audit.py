"""The audit chain, for whoever reads or checks it."""

from collections.abc import Sequence

from bot.domain.audit import Anchor, Link, Seal, Verified, verify
from bot.domain.errors import BadInput
from bot.ports.state import State


class AuditService:
    def __init__(self, state: State, seal: Seal) -> None:
        self._state, self._seal = state, seal

    @property
    def is_secret(self) -> bool:
        """Without a key whoever can write to the database could make another chain."""
        return self._seal.is_secret

    def verify(self, anchors: Sequence[Anchor]) -> Verified:
        """The whole chain. What is added meanwhile is left for the next time."""
        end = self._state.audit_end()
        links = (link for link in self._state.audit_after(0) if link.seq <= end.seq)
        return verify(links, self._seal, end, anchors)

    def of_incident(self, name: str) -> list[Link]:
        """By its number, as INC-42. Raises BadInput for one that is not known."""
        number = name.strip().upper().removeprefix("INC-")
        known = number.isascii() and number.isdigit() and len(number) < 10
        found = self._state.incident_numbered(int(number)) if known else None
        if found is None:
            raise BadInput(f"There is no incident {name!r}. Write its number, as INC-42.")
        return self._state.audit_of(f"incident:{found.id}")
