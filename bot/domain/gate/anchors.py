"""What a finding can be tied to: its root's open incident, what explains it, storms, roots hidden or just healed."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from bot.domain.evidence.text_rules import same_text
from bot.domain.findings.finding import Family, Finding, FindingKind
from bot.domain.gate.grouping import Group, key_of, near, part_of
from bot.domain.gate.inhibition import hops, in_storm
from bot.domain.gate.ledger import Ledger
from bot.domain.gate.storms import HOUR, window
from bot.domain.incidents.decisions import Reason
from bot.domain.incidents.incident import AlertState, Gathered, Incident

CRASHES = frozenset({FindingKind.REPEATED_FAILURE, FindingKind.FAILURE_SPIKE, FindingKind.UPSTREAM_CASCADE})
"""What fails with a text of its own: that of a timeout or of a check is the same whatever the cause."""
FEWEST_LETTERS = 10
"""`exit code 1` tells no cause."""
_HIDDEN = frozenset({Reason.SILENCED, Reason.IN_WINDOW, Reason.WINDOW_SETTLES})


@dataclass(frozen=True)
class Anchor:
    """A finding that others may be tied to, and the incident or the group that it is in."""

    finding: Finding
    place: Incident | Group
    holds: bool = True


class Anchors:
    """The open incidents as they are when it is made, indexed by the processors of what they are is_root in.

    `leaving`: fingerprints that are about to be placed again, so that nothing is tied to where they were.
    """

    def __init__(self, ledger: Ledger, leaving: Container[str] = ()) -> None:
        self._ledger = ledger
        self.open = ledger.open_incidents()
        self._by_processor: dict[str, list[Anchor]] = {}
        self._storms: list[Anchor] = []
        self._by_key: dict[tuple[str, Family], list[tuple[Incident, list[AlertState]]]] = {}
        for incident in self.open:
            is_root = ledger.roots(incident.id)
            for alert in is_root:
                if alert.fingerprint not in leaving and (alert.visible or not alert.holding):
                    self.add(Anchor(alert.finding, incident, alert.holding))
            if incident.gathered is None and is_root:
                for key in dict.fromkeys(key_of(alert.finding) for alert in is_root):
                    self._by_key.setdefault(key, []).append((incident, is_root))

    def add(self, anchor: Anchor) -> None:
        if anchor.finding.family is Family.STORM:
            self._storms.append(anchor)
        for name in anchor.finding.processors:
            self._by_processor.setdefault(name, []).append(anchor)

    def same_root(self, group: Group) -> Incident | None:
        """The open incident of the same root and family whose data dates the group's follow."""
        most = self._ledger.policy.consecutive_days
        for incident, is_root in self._by_key.get(group.key, ()):
            known = [*(part_of(alert.finding) for alert in is_root), *incident.parts]
            if any(near(part, known, most) for part in group.parts):
                return incident
        return None

    def storm_of_detectors(self, group: Group) -> Incident | None:
        """An alert storm that the gate has gathered already is the one that a detector sees now."""
        if group.headline.kind is not FindingKind.ALERT_STORM:
            return None
        named = set(group.headline.processors)
        gathered = (incident for incident in self.open if incident.gathered is Gathered.SAME_CLASS)
        return next((incident for incident in gathered if named & set(incident.processors)), None)

    def above(self, group: Group) -> list[Anchor]:
        """What explains the group, the nearest first; then storms that it is part of."""
        effect, lineage, policy = group.headline, self._ledger.rules.lineage, self._ledger.policy
        if effect.family is not Family.OUTCOME:
            return []
        upstream = lineage.up(effect.root)
        names = [name for name in self._by_processor if name in upstream] if upstream else []
        found = [
            ((not anchor.holds, distance, anchor.finding.fingerprint), anchor)
            for name in names
            for anchor in self._by_processor[name]
            if (distance := hops(anchor.finding, effect, lineage)) is not None
        ]
        storms = [anchor for anchor in self._storms if anchor.holds and in_storm(anchor.finding, effect, policy)]
        return [anchor for _, anchor in sorted(found, key=lambda pair: pair[0])] + storms

    def same_class(self, group: Group) -> Incident | None:
        """The open storm of the same error, if it began at nearly the same time as one of it."""
        wanted = group.headline.error_class
        if not wanted or group.headline.family is not Family.OUTCOME:
            return None
        gathered = (each for each in self.open if each.gathered is Gathered.SAME_CLASS and each.error_class == wanted)
        within = window(wanted, self._ledger.policy)
        for incident in gathered:
            began = (alert.finding.since for alert in self._ledger.roots(incident.id))
            if any(abs(group.headline.since - since) <= within for since in began):
                return incident
        return None


def same_error(ledger: Ledger, group: Group) -> Incident | None:
    """The open incident of a crash with the same text that began within an hour of this one, or of a storm with it.

    P0 keeps its own message, as it does in a storm: its reach and its deadline are its own.
    """
    said = "" if group.critical else _said(group.headline)
    for incident in ledger.open_incidents() if said else ():
        for alert in ledger.roots(incident.id):
            storm = alert.finding.kind is FindingKind.ALERT_STORM and same_text(alert.finding.error) == said
            near = abs(group.headline.seen_since - alert.finding.seen_since) <= HOUR
            alone = incident.gathered is None and near and _said(alert.finding) == said
            if alert.visible and (storm or alone):
                return incident
    return None


def _said(finding: Finding) -> str:
    """The text that all its runs have; "" where they fail in different words, or in words that tell nothing."""
    said = same_text(finding.error) if finding.kind in CRASHES and finding.one_text else ""
    return said if sum(map(str.isalpha, said)) >= FEWEST_LETTERS else ""


def of_same_date(ledger: Ledger, group: Group) -> Incident | None:
    """The resolved incident of the same root and data date that last held within the repeat window: what else the date
    lacks is the same trouble.
    """
    dates = {finding.data_date for finding in group.findings if finding.data_date is not None}
    for incident in ledger.incidents() if dates else ():
        if incident.resolved_at is None or incident.gathered is not None:
            continue
        for alert in ledger.roots(incident.id):
            fresh = not ledger.passed(ledger.policy.repeat_window, alert.last_held_at)
            if fresh and key_of(alert.finding) == group.key and alert.finding.data_date in dates:
                return incident
    return None


def quiet_root(ledger: Ledger, group: Group, held: Iterable[Finding]) -> Finding | None:
    """A hidden finding of this tick that explains the group."""
    for finding in held:
        alert = ledger.alert(finding.fingerprint)
        if alert is None or alert.reason not in _HIDDEN:
            continue
        if hops(finding, group.headline, ledger.rules.lineage) is not None:
            return finding
    return None


def healed_root(ledger: Ledger, group: Group) -> Finding | None:
    """What explains the group, if its incident was resolved so short a time ago that dependents may recover yet."""
    for incident in ledger.incidents():
        if incident.resolved_at is None or ledger.passed(ledger.policy.downstream_grace, incident.resolved_at):
            continue
        for alert in ledger.roots(incident.id):
            if hops(alert.finding, group.headline, ledger.rules.lineage) is not None:
                return alert.finding
    return None
