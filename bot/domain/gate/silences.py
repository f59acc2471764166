"""What hides findings on purpose: a silence set by a person, a planned backfill or maintenance window."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import Record, record
from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.findings.finding import Finding
from bot.domain.incidents.decisions import Decision, Outcome

PREVIEW = timedelta(days=7)
"""How far back the preview of a silence looks."""
SHOWN = frozenset({Outcome.ANNOUNCE, Outcome.UPDATE, Outcome.JOIN})


@dataclass(frozen=True, kw_only=True)
class Silence:
    """Hides a processor, or a whole phase: one of the two is given. Holds from `since` to before `until`, aware UTC."""

    id: str
    processor: str | None = None
    phase: int | None = None
    since: datetime
    until: datetime
    reason: str
    by: str

    def holds(self, now: datetime) -> bool:
        return self.since <= now < self.until

    def covers(self, finding: Finding, phases: Mapping[str, int | None]) -> bool:
        """Every root has to be covered: what is wrong elsewhere too is announced, and what concerns no processor."""
        if not finding.processors:
            return False
        if self.processor is not None:
            return all(name == self.processor for name in finding.processors)
        return all(phases.get(name) == self.phase for name in finding.processors)


def set_by(silence: Silence) -> Record:
    what = {"processor": silence.processor, "phase": silence.phase, "until": silence.until.isoformat()}
    body = {**what, "reason": silence.reason}
    return record(silence.since, silence.by, "silenced", f"silence:{silence.id}", body)


def ended(silence_id: str, by: str, at: datetime) -> Record:
    return record(at, by, "silence_ended", f"silence:{silence_id}", {})


@dataclass(frozen=True)
class SilencePreview:
    """What a silence would have hidden: messages and updates within them, and the troubles they were about."""

    silence: Silence
    announced: int
    updated: int
    hidden: tuple[Decision, ...]


def preview(
    silence: Silence, decisions: Iterable[Decision], phases: Mapping[str, int | None], now: datetime
) -> SilencePreview:
    """What it would have hidden in the last seven days, had it held then."""
    hidden = tuple(
        decision
        for decision in decisions
        if now - PREVIEW <= decision.at <= now
        and decision.outcome in SHOWN
        and silence.covers(decision.finding, phases)
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
