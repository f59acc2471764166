"""What must never be stored of an open incident: whoever finds it knows that something was left undone."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.domain.delivery import WAITING, Act, PageState, Queued
from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import PAGING, Response, ResponseState, longest_wait
from bot.domain.incidents.timeline import Entry, EntryKind

SLACK = timedelta(minutes=1)
"""Clocks of several machines may differ by so much."""
LONGEST_WAIT = timedelta(hours=1)
"""No channel is left alone for longer with a page that wakes somebody."""
GRAVE = (Severity.P0, Severity.P1)


def of_response(incident: Incident, response: Response, now: datetime) -> Iterator[str]:
    """`now` is the pipeline's time, by which steps are taken."""
    name = incident.label
    if not 0 <= response.step <= len(response.ladder.steps):
        yield f"{name} is at step {response.step + 1} of {len(response.ladder.steps)}"
        return
    latest = now + longest_wait(response) + SLACK
    if response.next_at is not None and response.next_at > latest:
        yield f"{name} has its next act at {response.next_at:%Y-%m-%d %H:%M} UTC, and it is due by {latest:%H:%M}"
    elif response.next_at is None and _acts(response):
        yield f"{name} is {response.state}, and nobody will be paged"
    if response.state is ResponseState.ACKNOWLEDGED and not response.owner:
        yield f"{name} is acknowledged by nobody"
    if response.state is ResponseState.RESOLVED and not response.resolved_by:
        yield f"{name} is open, and its response says that the data has resolved it"
    by_facts = response.set_severity is None and response.state is not ResponseState.RESOLVED
    if by_facts and incident.severity < response.severity:
        yield f"{name} is {incident.severity}, and is paged as {response.severity}"
    if response.shown > response.version:
        yield f"the message of {name} says version {response.shown} of {response.version}: it is not edited again"


def _acts(response: Response) -> bool:
    """Has it to have a next act?"""
    if response.state is ResponseState.EXHAUSTED:
        return response.ladder.repeat is not None
    return response.state is ResponseState.ACKNOWLEDGED or (
        response.state is ResponseState.OPEN and response.ladder.wakes
    )


def of_pages(
    incident: Incident,
    response: Response,
    pages: Sequence[Queued],
    said: Sequence[Entry],
    wall: datetime,
    lease: timedelta,
) -> Iterator[str]:
    """`pages` are those of the episode; `said` is the timeline; `wall` the time by which pages are sent."""
    paged = any(each.kind is EntryKind.PAGED and each.at >= response.opened_at for each in said)
    if paged and not pages:
        yield f"{incident.label} was paged, and there is no page of it"
    untouched = response.cycle == 1 and response.acknowledged_at is None and response.state in PAGING
    for queued in pages:
        fault = _of_page(queued, wall, lease, cancelled_by_none=untouched)
        if fault:
            yield f"the page {queued.page.id} for {queued.page.label} {fault}"


def _of_page(queued: Queued, wall: datetime, lease: timedelta, *, cancelled_by_none: bool) -> str:
    page = queued.page
    waits = queued.state in WAITING
    if queued.state is PageState.SENDING and (queued.lease_until is None or queued.lease_until > wall + lease + SLACK):
        return "is being sent, and never taken over"
    if waits and page.severity in GRAVE and queued.not_before > wall + LONGEST_WAIT:
        return f"waits until {queued.not_before:%Y-%m-%d %H:%M} UTC"
    if queued.state is PageState.SENT and not page.attempts and not queued.carried_by:
        return "counts as sent, and was never tried"
    if queued.state is PageState.CANCELLED and page.act is Act.TRIGGER and cancelled_by_none:
        return "was cancelled, and nobody has taken the incident"
    if page.attempts and page.first_attempt_at is None:
        return "was tried at no time: it cannot be looked for"
    return ""
