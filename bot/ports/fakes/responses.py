"""The response's part of the state in memory."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain.access import Act as Deed
from bot.domain.audit import Record
from bot.domain.delivery import UNSENT, WAITING, Act, Outcome, PageState, Queued
from bot.domain.grants import Grant, begins
from bot.domain.incidents.response import Response
from bot.domain.incidents.timeline import Entry, record_of


class FakeResponses:
    def __init__(
        self,
        stored: dict[str, Response],
        entries: list[Entry],
        grants: dict[str, Grant],
        audit: Callable[[Record], None],
    ) -> None:
        self._stored, self._entries, self._grants, self._audit = stored, entries, grants, audit

    def of(self, incidents: Iterable[str]) -> dict[str, Response]:
        return {name: self._stored[name] for name in incidents if name in self._stored}

    def put(self, after: Response) -> bool:
        before = self._stored.get(after.incident)
        if after.version != (0 if before is None else before.version):
            return False
        if begins(after):
            made = [
                Grant(f"{after.incident} {after.episode} {act}", after.incident, after.episode, act, after.opened_at)
                for act in Deed
            ]
            self._grants.update({each.id: each for each in made})
        shown = 0 if before is None else before.shown
        self._stored[after.incident] = replace(after, version=after.version + 1, shown=shown)
        return True

    def showed(self, read: Response) -> None:
        stored = self._stored.get(read.incident)
        if stored is not None and stored.shown >= read.shown:
            self._stored[read.incident] = replace(stored, shown=read.version)

    def show_again(self) -> None:
        coming = [each for each in self._stored.values() if each.next_at is not None]
        self._stored.update({each.incident: replace(each, shown=each.shown - each.version) for each in coming})

    def note(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._entries.append(entry)
            self._audit(record_of(entry))


class FakePages:
    def __init__(self, stored: dict[str, Queued]) -> None:
        self._stored = stored

    def add(self, pages: Iterable[Queued]) -> int:
        new = [each for each in pages if each.page.id not in self._stored]
        self._stored.update({each.page.id: each for each in new})
        return len(new)

    def claim(self, queued: Queued, now: datetime, until: datetime) -> bool:
        stored = self._stored.get(queued.page.id)
        if stored is None or (stored.state, stored.page.attempts) != (queued.state, queued.page.attempts):
            return False
        page = replace(
            stored.page,
            attempts=stored.page.attempts + 1,
            first_attempt_at=stored.page.first_attempt_at or now,
        )
        self._stored[page.id] = replace(stored, page=page, state=PageState.SENDING, lease_until=until)
        return True

    def settle(self, queued: Queued, state: PageState, outcome: Outcome, not_before: datetime) -> bool:
        stored = self._stored[queued.page.id]
        own = stored.state is PageState.SENDING and stored.page.attempts == queued.page.attempts + 1
        waits = stored.state in WAITING or stored.state is PageState.SENDING
        if not (waits if state is PageState.SENT else own):
            return False
        shown = replace(stored, state=state, reason=outcome.reason, ref=outcome.ref)
        self._stored[queued.page.id] = replace(shown, not_before=not_before, lease_until=None)
        self._settle_carried(queued.page.id, state, not_before)
        return True

    def clock_set(self, now: datetime, settled: datetime, until: datetime) -> None:
        for name, each in self._stored.items():
            if each.state in WAITING:
                due = settled if each.state is PageState.UNCLEAR else min(each.not_before, now)
                self._stored[name] = replace(each, not_before=due)
            elif each.state is PageState.SENDING:
                self._stored[name] = replace(each, lease_until=until)

    def due_within(self, until: datetime, lease: datetime) -> None:
        for name, each in self._stored.items():
            ends = each.lease_until and min(each.lease_until, lease)
            self._stored[name] = replace(each, not_before=min(each.not_before, until), lease_until=ends)

    def cancel(self, dedup_key: str) -> int:
        own = [each for each in self._stored.values() if each.page.dedup_key == dedup_key]
        stopped = [each for each in own if each.state in WAITING or each.state is PageState.CARRIED]
        self._stored.update({each.page.id: replace(each, state=PageState.CANCELLED) for each in stopped})
        for each in stopped:
            self._settle_carried(each.page.id, PageState.CANCELLED, each.not_before)
        return len(stopped)

    def to_person(self, person: str, channel: str, since: datetime) -> list[Queued]:
        def counts(each: Queued) -> bool:
            sent = each.state is PageState.SENT and not each.carried_by and each.not_before >= since
            page = each.page
            return (page.person, page.channel, page.act) == (person, channel, Act.TRIGGER) and (
                sent or each.state in UNSENT
            )

        return by_gravity(filter(counts, list(self._stored.values())))

    def hold(self, queued: Queued, until: datetime) -> None:
        if self._stored.get(queued.page.id) == queued:
            self._stored[queued.page.id] = replace(queued, not_before=until)

    def carry(self, pages: Iterable[Queued], by: Queued) -> None:
        for each in pages:
            if self._stored.get(each.page.id) == each:
                self._stored[each.page.id] = replace(each, state=PageState.CARRIED, carried_by=by.page.id)

    def _settle_carried(self, by: str, state: PageState, at: datetime) -> None:
        for each in carried(self._stored, by):
            if each.state is not PageState.CARRIED or state is PageState.UNCLEAR:
                continue
            after = replace(each, state=PageState.SENT, not_before=at)
            if state is not PageState.SENT:
                after = replace(each, state=PageState.PENDING, carried_by="")
            self._stored[each.page.id] = after


def due_by(stored: dict[str, Queued], now: datetime) -> list[Queued]:
    def due(each: Queued) -> bool:
        if each.state is PageState.SENDING:
            return each.lease_until is not None and each.lease_until <= now
        return each.state in WAITING and each.not_before <= now

    return list(filter(due, unsent(stored)))


def unsent(stored: dict[str, Queued]) -> list[Queued]:
    return by_gravity(each for each in list(stored.values()) if each.state in UNSENT)


def carried(stored: dict[str, Queued], by: str) -> list[Queued]:
    return by_gravity(each for each in list(stored.values()) if each.carried_by == by)


def by_gravity(pages: Iterable[Queued]) -> list[Queued]:
    return sorted(pages, key=lambda each: (each.page.severity, each.page.created_at, each.page.id))
