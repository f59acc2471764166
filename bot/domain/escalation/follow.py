"""The response follows the facts: an incident that is announced, becomes worse, ends or begins again."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.incidents import response as responses
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import AlertState, Incident
from bot.domain.incidents.response import Response, ResponseState
from bot.domain.incidents.set_severity import Outranked, outranked
from bot.domain.incidents.timeline import Entry, EntryKind


def followed(
    incidents: Iterable[Incident],
    known: Mapping[str, Response],
    alerts: Iterable[AlertState],
    policy: EscalationPolicy,
    now: datetime,
    over: Collection[str] = (),
) -> Iterator[tuple[Response, Entry]]:
    """The responses that change with what the gate has decided, and what their timelines say of it. `alerts` are those
    of the tick, `over` the ids of incidents whose facts had ended before it. P3 is left to the digest, and has none.
    """
    members: dict[str, list[AlertState]] = {}
    for alert in alerts:
        members.setdefault(alert.incident, []).append(alert)
    for incident in incidents:
        before = known.get(incident.id)
        word = None if before is None else before.set_severity
        why = None if word is None else outranked(word, members.get(incident.id, ()))
        after = _after(incident, before, policy, now, why, again=incident.id in over)
        if after is not None:
            yield after, _entry_of(before, after, now, why)


def _entry_of(before: Response | None, after: Response, now: datetime, why: Outranked | None) -> Entry:
    kind, text = EntryKind.OPENED, f"It began as {after.severity}"
    if after.state is ResponseState.RESOLVED:
        kind, text = EntryKind.RESOLVED, "The data is right again, or nothing of it has held for a while"
    elif before is not None and before.episode != after.episode:
        text = f"It began again as {after.severity}"
    elif before is not None:
        kind, text = EntryKind.WORSE, f"{before.severity} became {after.severity}: paging begins at step 1"
        if why is not None and before.set_severity is not None:
            said = f"{before.severity}, as {before.set_severity.by} had set it, became {after.severity}"
            text = f"{said}: {why}; paging begins at step 1"
    return Entry(after.incident, now, kind, text)


def _ends(incident: Incident, before: Response) -> bool:
    """Does the end of its facts change it? What a person has declared ends by a person's word alone."""
    if incident.kind is FindingKind.DECLARED:
        return before.state is not ResponseState.RESOLVED
    return before.state is not ResponseState.RESOLVED or before.resolved_by != ""


def _after(
    incident: Incident,
    before: Response | None,
    policy: EscalationPolicy,
    now: datetime,
    why: Outranked | None,
    *,
    again: bool,
) -> Response | None:
    if not incident.is_open:
        return responses.resolved(before, now) if before is not None and _ends(incident, before) else None
    if incident.severity is Severity.P3:
        return None
    ladder = policy.of(incident.severity)
    if before is None:
        return responses.opened(incident.id, incident.severity, ladder, now)
    if before.state is ResponseState.RESOLVED and (again or not before.resolved_by):
        return responses.opened(incident.id, incident.severity, ladder, now, before)
    if before.set_severity is not None and why is None:
        return None
    # What a person has resolved against the data stays so, unless it becomes worse.
    return responses.risen(before, incident.severity, ladder, now) if incident.severity < before.severity else None
