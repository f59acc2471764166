"""At most three pages a person in five minutes by one channel; what is more waits, and goes as one page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.delivery import Act, PageState, Queued
from bot.domain.escalation.pages import KEEP_A_STATE
from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import Incident

MOST = 3
WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Send:
    """Now; `carried` go with it, as lines of its text."""

    carried: tuple[Queued, ...] = ()


@dataclass(frozen=True)
class Hold:
    """The person has had so many that this one waits."""

    until: datetime


@dataclass(frozen=True)
class Carried:
    """Another incident that a page tells of, and how bad that is."""

    incident: Incident
    severity: Severity


def turn(queued: Queued, others: Iterable[Queued], now: datetime) -> Send | Hold:
    """When a page is sent that is due, and with which. `others` are pages of the same person and channel: those that
    wait, and those that were taken, or may have been; `now` is the time by which pages are sent.

    What is graver than all that the person has had is not held, and what the same incident has said counts for nothing.
    A channel that keeps a state of its own needs each page: its acknowledgements name one.
    """
    if not can_be_carried(queued):
        return Send()
    strange = [each for each in others if each.page.dedup_key != queued.page.dedup_key]
    had = _had(strange, now)
    waiting = [each for each in strange if can_be_carried(each)]
    if len(had) >= MOST and queued.page.severity >= min(each.page.severity for each in had):
        return Hold(_moment(had[-MOST], now) + WITHIN)
    if 1 + len(waiting) <= MOST - len(had):
        return Send()
    return Send(tuple(each for each in waiting if each.page.severity >= queued.page.severity))


def can_be_carried(queued: Queued) -> bool:
    """What may have been taken already is looked for by itself."""
    page = queued.page
    return queued.state is PageState.PENDING and page.act is Act.TRIGGER and page.channel not in KEEP_A_STATE


def _had(others: Sequence[Queued], now: datetime) -> list[Queued]:
    """One of each incident, in order of time; what a clock that was set puts into the future says nothing."""
    taken = [each for each in others if each.state in (PageState.SENT, PageState.SENDING, PageState.UNCLEAR)]
    recent = [each for each in taken if now - WITHIN < _moment(each, now) <= now]
    last = {each.page.dedup_key: each for each in sorted(recent, key=lambda each: _moment(each, now))}
    return sorted(last.values(), key=lambda each: _moment(each, now))


def _moment(queued: Queued, now: datetime) -> datetime:
    """When it was taken: a page that was is noted with the moment of that; of others nobody knows yet."""
    return queued.not_before if queued.state is PageState.SENT else now
