"""In-memory audit chain and covers."""

from collections.abc import Callable
from datetime import datetime

from bot.domain.audit import NOTHING, Anchor, Link, Record, Seal
from bot.domain.oncall.covers import Cover, record_of


class FakeAudit:
    def __init__(self, links: list[Link]) -> None:
        self._links = links

    @property
    def end(self) -> Anchor:
        return Anchor(self._links[-1].seq, self._links[-1].hash) if self._links else NOTHING

    def add(self, record: Record) -> None:
        self._links.append(Seal().after(self.end, record))


class FakeCovers:
    def __init__(self, covers: dict[str, Cover], audit: Callable[[Record], None]) -> None:
        self._covers, self._audit = covers, audit

    def held(self, since: datetime) -> list[Cover]:
        return [cover for cover in self._covers.values() if cover.until > since]

    def add(self, cover: Cover) -> bool:
        if self._covers.setdefault(cover.id, cover) is not cover:
            return False
        self._audit(record_of(cover))
        return True

    def change(self, before: Cover, after: Cover) -> bool:
        if self._covers.get(before.id) != before:
            return False
        self._covers[before.id] = after
        self._audit(record_of(after))
        return True
