"""The audit chain, for whoever reads or checks it."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.audit import Anchor, Link, Seal, Verified, verify
from bot.domain.audit_subjects import is_of, recorded, unknown
from bot.domain.errors import BadInput
from bot.domain.reprocessing.repair import number_in
from bot.ports.state import State

INCIDENT = "incident:"


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

    def of(self, name: str, since: datetime | None = None) -> list[Link]:
        """Of an incident (INC-42), a repair (R-3), a runbook's run (RB-2), or of any subject, its kind or name; ""
        of all. Raises BadInput for one of which nothing is recorded.
        """
        asked = self._asked(name.strip())
        found = self._state.audit_of(asked) if asked.startswith(INCIDENT) else []
        found = found or self._looked_for(name, asked, since)
        return [link for link in found if since is None or link.record.at >= since]

    def _looked_for(self, name: str, asked: str, since: datetime | None) -> list[Link]:
        """In the whole record, as a kind or a name stands for several subjects."""
        subjects, found = set[str](), list[Link]()
        for link in self._state.audit_after(0):
            subjects.add(link.record.subject)
            if not asked or is_of(link.record.subject, asked):
                found.append(link)
        if asked and not found:
            raise BadInput(unknown(name, subjects))
        if not asked and since is None:
            raise BadInput(f"Say of what, or since when. {recorded(subjects)}")
        return found

    def _asked(self, name: str) -> str:
        """With the id where a number is written."""
        kind, colon, named = name.rpartition(":")
        if named.upper().startswith("INC-") or (named.isdigit() and kind in ("", "incident")):
            return f"{INCIDENT}{self._incident(named)}"
        number = number_in(named) if named.upper().startswith("R-") else None
        if number is None:
            return name
        repair = self._state.repairs.numbered(number)
        if repair is None:
            raise BadInput(f"There is no repair {named!r}. `fireline reprocess status` shows the latest.")
        return f"{kind}{colon}{repair.id}"

    def _incident(self, name: str) -> str:
        number = name.upper().removeprefix("INC-")
        known = number.isascii() and number.isdigit() and len(number) < 10
        found = self._state.incident_numbered(int(number)) if known else None
        if found is None:
            raise BadInput(f"There is no incident {name!r}. Write its number, as INC-42.")
        return found.id
