"""What is hidden on purpose: by a silence, by a planned window, or for a while after one."""

from dataclasses import replace

from bot.domain.findings.finding import Finding
from bot.domain.findings.severity import Severity
from bot.domain.gate.ledger import Ledger
from bot.domain.gate.silences import in_window, window_name
from bot.domain.incidents.decisions import Outcome, Reason

Hidden = tuple[Reason, str, str]
"""Reason, name of what hides it, detail."""


def take_note_of_ends(ledger: Ledger, held: dict[str, Finding]) -> None:
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
        if silence.holds(now) and silence.covers(finding, ledger.rules.phases):
            until = f"until {silence.until:%Y-%m-%d %H:%M} UTC"
            return Reason.SILENCED, silence.id, f"{silence.reason} ({silence.by}, {until})"
    settle = ledger.policy.window_settle
    for window in memory.windows:
        if window.announced_at > now or now < window.start or not in_window(window, finding):
            continue
        name = window_name(window)
        if now < window.end:
            return Reason.IN_WINDOW, name, window.note or name
        began_within = window.start <= finding.since < window.end
        if began_within and now < window.end + settle and finding.severity is not Severity.P0:
            return Reason.WINDOW_SETTLES, name, window.note or name
    return None
