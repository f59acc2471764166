"""The response follows the facts: an incident that is announced, becomes worse, ends or begins again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.incidents import response as responses
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import Response, ResponseState
from bot.domain.incidents.timeline import Entry, EntryKind


def followed(
    incidents: Iterable[Incident], known: Mapping[str, Response], policy: EscalationPolicy, now: datetime
) -> Iterator[Response]:
    """The responses that change with what the gate has decided; P3 is left to the digest, and has none."""
    for incident in incidents:
        after = _after(incident, known.get(incident.id), policy, now)
        if after is not None:
            yield after


def entry_of(before: Response | None, after: Response, now: datetime) -> Entry:
    """What its timeline says of the change."""
    kind, text = EntryKind.OPENED, f"It began as {after.severity}"
    if after.state is ResponseState.RESOLVED:
        kind, text = EntryKind.RESOLVED, "The data is right again, or nothing of it has held for a while"
    elif before is not None and before.episode != after.episode:
        text = f"It began again as {after.severity}"
    elif before is not None:
        kind, text = EntryKind.WORSE, f"{before.severity} became {after.severity}: paging begins at step 1"
    return Entry(after.incident, now, kind, text)


def _ends(incident: Incident, before: Response) -> bool:
    """Does the end of its facts change it? What a person has declared ends by a person's word alone."""
    if incident.kind is FindingKind.DECLARED:
        return before.state is not ResponseState.RESOLVED
    return before.state is not ResponseState.RESOLVED or before.resolved_by != ""


def _after(incident: Incident, before: Response | None, policy: EscalationPolicy, now: datetime) -> Response | None:
    if not incident.is_open:
        return responses.resolved(before, now) if before is not None and _ends(incident, before) else None
    if incident.severity is Severity.P3:
        return None
    ladder = policy.of(incident.severity)
    if before is None:
        return responses.opened(incident.id, incident.severity, ladder, now)
    if before.state is ResponseState.RESOLVED and not before.resolved_by:
        return responses.opened(incident.id, incident.severity, ladder, now, before)
    # What a person has resolved against the data stays so, unless it becomes worse.
    return responses.risen(before, incident.severity, ladder, now) if incident.severity < before.severity else None
