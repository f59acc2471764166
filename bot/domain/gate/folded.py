"""A storm before and after: what would have been sent of its findings one by one, and what was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.findings.finding import Family
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import NOTIFYING

COMES_IN = frozenset({Outcome.ANNOUNCE, Outcome.JOIN})


@dataclass(frozen=True)
class Folded:
    """`findings`: when each came in, first to last: a message each, without any update. `sent`: when the incident was
    told of, every update included. `told_before`: so many findings had their own message before it was a storm; they
    are on neither side.
    """

    incident: Incident
    findings: Sequence[datetime]
    sent: Sequence[datetime]
    told_before: int = 0


def is_storm(incident: Incident) -> bool:
    """Many at once, whether the detection saw it or the gate gathered them."""
    return incident.gathered is not None or incident.family is Family.STORM


def folded(incident: Incident, decided: Iterable[Decision], until: datetime | None = None) -> Folded | None:
    """By `until`. `decided`: all of the incident, in order of time. None: it is no storm, or two findings did not come
    in.
    """
    if not is_storm(incident):
        return None
    listed = list(decided)
    came = dict[str, Decision]()
    for each in listed:
        of_gate = incident.gathered is not None and each.fingerprint == incident.fingerprint
        if each.outcome in COMES_IN and each.reason is not Reason.TAKEN_IN and not of_gate:
            came.setdefault(each.fingerprint, each)
    findings = tuple(each.at for each in came.values() if until is None or each.at < until)
    sent = tuple(each.at for each in listed if each.outcome in NOTIFYING and (until is None or each.at < until))
    before = len(set(incident.members) - came.keys())
    return Folded(incident, findings, sent, before) if len(findings) > 1 and sent else None


def storms_folded(
    incidents: Iterable[Incident], decided: Iterable[Decision], until: datetime | None = None
) -> tuple[Folded, ...]:
    """The one of most findings first. `decided`: of all of them, in order of time."""
    of_each = dict[str, list[Decision]]()
    for each in decided:
        of_each.setdefault(each.incident, []).append(each)
    found = [made for each in incidents if (made := folded(each, of_each.get(each.id, ()), until)) is not None]
    return tuple(sorted(found, key=lambda each: -len(each.findings)))
