"""What hides findings on purpose: a silence set by a person, a backfill or maintenance window that was planned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.audit import Record, record
from bot.domain.errors import BadInput
from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.findings.finding import Finding
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.incidents.incident import Incident

PREVIEW = timedelta(days=7)
"""How far back the preview of a silence looks."""
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=7)
AHEAD = timedelta(days=60)
"""A window begins at most so long from now."""
OFFERED = timedelta(minutes=15)
"""So long a silence that was previewed can be set: what it would hide may be another thing later."""
MOST_REASON = 300
EXAMPLE = "2026-01-20T03:00..2026-01-20T05:00"
SHOWN = frozenset({Outcome.ANNOUNCE, Outcome.UPDATE, Outcome.JOIN})


class Kind(StrEnum):
    """What a person sets, as its command is called: a silence holds at once, a window may be planned ahead, may be for
    all processors, and gives what began in it time to settle.
    """

    SILENCE = "silence"
    WINDOW = "window"


_OR_SPAN = {Kind.SILENCE: "", Kind.WINDOW: f", or the later time last: {EXAMPLE}"}


@dataclass(frozen=True, kw_only=True)
class Silence:
    """Hides a processor, a whole phase, or, with neither, all processors. Holds from `since` to before `until`, aware
    UTC. `announced_at`: when it was planned; None: it is no window. `proposed`: it was previewed, and holds only once
    it is confirmed.
    """

    id: str
    processor: str | None = None
    phase: int | None = None
    since: datetime
    until: datetime
    reason: str
    by: str
    proposed: bool = False
    announced_at: datetime | None = None

    @property
    def kind(self) -> Kind:
        return Kind.SILENCE if self.announced_at is None else Kind.WINDOW

    @property
    def previewed_at(self) -> datetime:
        """Of one that is proposed."""
        return self.announced_at or self.since

    @property
    def what(self) -> str:
        """What it hides, in words."""
        if self.processor is not None:
            return self.processor
        return "all processors" if self.phase is None else f"phase {self.phase}"

    def holds(self, now: datetime) -> bool:
        return not self.proposed and self.since <= now < self.until

    def covers(self, finding: Finding, phases: Mapping[str, int | None]) -> bool:
        """Every root has to be covered: what is wrong elsewhere too is announced, and what concerns no processor."""
        if not finding.processors:
            return False
        if self.processor is not None:
            return all(name == self.processor for name in finding.processors)
        if self.phase is None:
            return True
        return all(phases.get(name) == self.phase for name in finding.processors)


def confirmed(silence: Silence, at: datetime) -> Silence:
    """It holds from `at`, a window that begins later from then."""
    announced_at = None if silence.announced_at is None else at
    return replace(silence, proposed=False, since=max(silence.since, at), announced_at=announced_at)


def set_by(silence: Silence) -> Record:
    what = {"processor": silence.processor, "phase": silence.phase, "until": silence.until.isoformat()}
    body = {**what, "reason": silence.reason}
    if silence.announced_at is None:
        return record(silence.since, silence.by, "silenced", f"silence:{silence.id}", body)
    body = {**body, "since": silence.since.isoformat()}
    return record(silence.announced_at, silence.by, "window_planned", f"window:{silence.id}", body)


def ended(silence: Silence, by: str, at: datetime) -> Record:
    return record(at, by, f"{silence.kind}_ended", f"{silence.kind}:{silence.id}", {})


@dataclass(frozen=True)
class SilencePreview:
    """What a silence would have hidden of the last seven days, and hides of what is open now.

    `hidden`: the decisions that people would not have heard of; `announced` and `updated`: messages and updates among
    them, `delivered` those that reached the channel; `incidents`: what they were about; `open`: what is open now;
    `real`: failed runs that were not expected, None: not known here.
    """

    silence: Silence
    announced: int
    updated: int
    hidden: tuple[Decision, ...]
    incidents: tuple[Incident, ...] = ()
    delivered: int = 0
    open: tuple[Incident, ...] = ()
    real: int | None = None

    @property
    def critical(self) -> tuple[Incident, ...]:
        """The P0 among what it would have hidden."""
        return tuple(each for each in self.incidents if each.severity is Severity.P0)


@dataclass(frozen=True)
class Standing:
    """A silence, and how many findings it has hidden since it was set."""

    silence: Silence
    hidden: int


def proposed(silence: Silence, now: datetime) -> Silence:
    """The silence as it may be set from `now`. Raises BadInput: no reason, no length, too long, or a window that begins
    in the past or too far ahead.
    """
    kind, begins = silence.kind, silence.since
    if not silence.reason.strip():
        raise BadInput(f"Why? A {kind} needs a reason: write it after the time, as `2h source is being migrated`.")
    if begins < now - SHORTEST:
        raise BadInput(f"A {kind} begins now or later, and {begins:%Y-%m-%d %H:%M} UTC has passed.")
    if begins > now + AHEAD:
        raise BadInput(f"A {kind} begins within 60 days, and {begins:%Y-%m-%d %H:%M} UTC is later.")
    silence = replace(silence, since=max(begins, now), proposed=True)
    if not SHORTEST <= silence.until - silence.since <= LONGEST:
        raise BadInput(f"A {kind} lasts from 5 minutes to 7 days. Write 30m, 2h or 3d{_OR_SPAN[kind]}.")
    if len(silence.reason) > MOST_REASON:
        raise BadInput(f"The reason is {len(silence.reason)} characters long. Write {MOST_REASON} at most.")
    return silence


def preview(
    silence: Silence,
    decisions: Iterable[Decision],
    phases: Mapping[str, int | None],
    now: datetime,
    span: timedelta = PREVIEW,
) -> SilencePreview:
    """What it would have hidden in the last days, had it held then."""
    hidden = tuple(
        decision
        for decision in decisions
        if now - span <= decision.at <= now and decision.outcome in SHOWN and silence.covers(decision.finding, phases)
    )
    count = [decision.outcome for decision in hidden].count
    return SilencePreview(silence, count(Outcome.ANNOUNCE), count(Outcome.UPDATE), hidden)


def hidden_counts(decisions: Iterable[Decision]) -> dict[str, int]:
    """How many findings each silence and window has hidden, by its name; a finding that went on counts once."""
    counts: dict[str, int] = {}
    for decision in decisions:
        if decision.hidden_by:
            counts[decision.hidden_by] = counts.get(decision.hidden_by, 0) + 1
    return counts


def window_name(window: PlannedWindow) -> str:
    return f"{window.kind} from {window.start:%Y-%m-%d %H:%M} UTC"


def in_window(window: PlannedWindow, finding: Finding) -> bool:
    return bool(finding.processors) and all(name in window.processors for name in finding.processors)
