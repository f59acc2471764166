"""What is hidden on purpose: by a silence, by a planned window, or for a while after one."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from bot.domain.findings.finding import Finding
from bot.domain.findings.severity import Severity
from bot.domain.gate.ledger import Ledger
from bot.domain.gate.silences import Kind, in_window, window_name
from bot.domain.incidents.decisions import Outcome, Reason

Hidden = tuple[Reason, str, str]
"""Reason, name of what hides it, detail."""
_HOLDS = {Kind.SILENCE: Reason.SILENCED, Kind.WINDOW: Reason.IN_WINDOW}


def take_note_of_ends(ledger: Ledger, held: Collection[str]) -> None:
    """What no longer holds; if it was only held back, that it was suppressed."""
    for alert in ledger.alerts():
        if not alert.holding or alert.fingerprint in held:
            continue
        over = replace(alert, holding=False)
        if alert.outcome is Outcome.HOLD:
            over = replace(over, outcome=Outcome.KEEP_QUIET, reason=Reason.OVER)
            ledger.decide(alert.fingerprint, Outcome.KEEP_QUIET, Reason.OVER, over)
        ledger.write(over)


def hide(ledger: Ledger, held: dict[str, Finding]) -> list[Finding]:
    """Keep quiet what is to be hidden; returns the rest, in the same order."""
    shown = []
    for finding in held.values():
        hidden = _hidden(ledger, finding)
        if hidden is None:
            shown.append(finding)
            continue
        reason, by, detail = hidden
        before = ledger.alert(finding.fingerprint)
        ledger.place(
            finding,
            Outcome.KEEP_QUIET,
            reason,
            incident="" if before is None else before.incident,
            is_root=before is not None and before.is_root,
            hidden_by=by,
            detail=detail,
        )
    return shown


def _hidden(ledger: Ledger, finding: Finding) -> Hidden | None:
    memory, now = ledger.memory, ledger.now
    if finding.declared:
        return None
    for silence in memory.silences:
        if not silence.covers(finding, ledger.rules.phases):
            continue
        detail = f"{silence.reason} ({silence.by}, until {silence.until:%Y-%m-%d %H:%M} UTC)"
        if silence.holds(now):
            return _HOLDS[silence.kind], silence.id, detail
        if silence.kind is Kind.WINDOW and _settles(ledger, finding, silence.since, silence.until):
            return Reason.WINDOW_SETTLES, silence.id, detail
    for window in memory.windows:
        if window.announced_at > now or now < window.start or not in_window(window, finding):
            continue
        name = window_name(window)
        if now < window.end:
            return Reason.IN_WINDOW, name, window.note or name
        if _settles(ledger, finding, window.start, window.end):
            return Reason.WINDOW_SETTLES, name, window.note or name
    return None


def _settles(ledger: Ledger, finding: Finding, start: datetime, end: datetime) -> bool:
    """It began in a window that has just ended, and may still recover by itself."""
    ended = end <= ledger.now < end + ledger.policy.window_settle
    return ended and start <= finding.since < end and finding.severity is not Severity.P0
