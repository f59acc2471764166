"""What would have been posted, message by message, what would have been suppressed and why, and the totals."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.findings.severity import Severity
from bot.domain.health.model import Noise
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.notice import NOTIFYING

PAGES = frozenset({Severity.P0, Severity.P1})
NIGHT_FROM, NIGHT_UNTIL = 22, 7
"""Wall-clock hours between which a page wakes someone."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One incident's message. `spans` are when it was open; the end of the last is None if it still was at the end.
    `ended`: why it ended last, None if it did not.
    """

    incident: str
    decisions: tuple[Decision, ...]
    spans: tuple[tuple[datetime, datetime | None], ...]
    ended: Reason | None

    @property
    def first(self) -> Decision:
        return self.decisions[0]

    @property
    def severity(self) -> Severity:
        """The worst of them."""
        return min(decision.severity for decision in self.decisions)

    @cached_property
    def pages(self) -> tuple[Decision, ...]:
        """P0 and P1 when it begins, and when it begins again; and what becomes one of them, or a graver one."""
        begins = {since for since, _ in self.spans}
        graded = (each for each in self.decisions if each.severity in PAGES)
        return tuple(each for each in graded if each.escalated or each.at in begins)


@dataclass(frozen=True, kw_only=True)
class Messages:
    """What would have been posted from `first` to `last` (aware UTC)."""

    first: datetime
    last: datetime
    step: timedelta
    zone: ZoneInfo
    messages: tuple[Message, ...]

    @property
    def days(self) -> float:
        """At least one, so that a rate by day makes sense."""
        return max(1.0, (self.last - self.first) / timedelta(days=1))

    @property
    def pages(self) -> tuple[Decision, ...]:
        """What would have paged, in order."""
        pages = (page for message in self.messages for page in message.pages)
        return tuple(sorted(pages, key=lambda each: (each.at, each.fingerprint)))

    @property
    def risen(self) -> int:
        """Pages because it became graver later."""
        return sum(page.escalated for page in self.pages)

    @property
    def begun_again(self) -> int:
        """Pages because it came back after its end."""
        return sum(page.outcome is Outcome.UPDATE and not page.escalated for page in self.pages)

    @property
    def notes(self) -> int:
        """Messages that were never more than P3: lines of the digest."""
        return sum(message.severity is Severity.P3 for message in self.messages)

    @property
    def pages_at_night(self) -> int:
        return sum(self._at_night(page.at) for page in self.pages)

    @property
    def updates(self) -> int:
        return sum(len(message.decisions) - 1 for message in self.messages)

    def counted(self) -> Counter[tuple[Severity, str]]:
        """Messages by the gravest severity that each had, and by the kind that it was first posted with."""
        return Counter((message.severity, str(message.first.finding.kind)) for message in self.messages)

    def _at_night(self, moment: datetime) -> bool:
        hour = moment.astimezone(self.zone).hour
        return hour >= NIGHT_FROM or hour < NIGHT_UNTIL


@dataclass(frozen=True, kw_only=True)
class ReplayReport(Messages):
    """`quiet` are the findings without a message of their own, by reason; `warnings` is what could not be judged, and
    why.
    """

    quiet: Mapping[Reason, tuple[Decision, ...]]
    noise: Noise
    warnings: tuple[str, ...]


def messages_of(decisions: Iterable[Decision]) -> tuple[Message, ...]:
    """The messages that decisions (in order of time) make, in order of when each was first posted."""
    by_incident: dict[str, list[Decision]] = {}
    spans: dict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    ended: dict[str, Reason | None] = {}
    for decision in decisions:
        mine = spans[decision.incident]
        is_open = bool(mine) and mine[-1][1] is None
        if decision.outcome in NOTIFYING:
            by_incident.setdefault(decision.incident, []).append(decision)
            if not is_open:
                mine.append((decision.at, None))
                ended[decision.incident] = None
        elif decision.outcome is Outcome.RESOLVE and is_open:
            mine[-1] = (mine[-1][0], decision.at)
            ended[decision.incident] = decision.reason
    return tuple(
        Message(incident=name, decisions=tuple(each), spans=tuple(spans[name]), ended=ended[name])
        for name, each in by_incident.items()
    )


def unannounced(decisions: Iterable[Decision]) -> dict[Reason, tuple[Decision, ...]]:
    """What was held, joined another message or was suppressed, by reason, the most frequent first."""
    found: dict[Reason, list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.outcome in (Outcome.KEEP_QUIET, Outcome.HOLD, Outcome.JOIN):
            found[decision.reason].append(decision)
    return {reason: tuple(found[reason]) for reason in sorted(found, key=lambda reason: -len(found[reason]))}
