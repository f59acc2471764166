"""One gate before Slack: which findings are announced, when, in which message, and why the others are not."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.findings.finding import Finding
from bot.domain.gate.grouping import headlines
from bot.domain.gate.ledger import Ledger
from bot.domain.gate.memory import GateMemory, GateResult, GateRules
from bot.domain.gate.routing import place, stays
from bot.domain.gate.suppression import hide, take_note_of_ends
from bot.domain.gate.updates import resolve_what_is_over, tend
from bot.domain.incidents.decisions import Outcome, Reason


def decide(
    findings: Iterable[Finding],
    memory: GateMemory,
    rules: GateRules,
    now: datetime,
    unseen: Iterable[Finding] = (),
) -> GateResult:
    """Decide on every finding that holds at the tick `now` (aware UTC), in whatever order they come.

    A decision is made only when a finding's state changes, or something is due to be said of an incident. Nothing
    is lost: every finding is announced, joins an incident, or is held or suppressed for a named reason. `unseen`: what
    may hold, and cannot be told while a source shows nothing.
    """
    held = headlines(findings)
    waits = {name: finding for name, finding in headlines(unseen).items() if name not in held}
    if not held and not waits and memory.idle:
        return GateResult()
    ledger = Ledger(memory, rules, now)
    take_note_of_ends(ledger, held.keys() | waits.keys())
    resolve_what_is_over(ledger, held)
    for finding in waits.values():
        ledger.place(finding, Outcome.HOLD, Reason.BLIND)
    shown = hide(ledger, held)
    waiting = [finding for finding in shown if not stays(ledger, finding)]
    if waiting:
        place(ledger, waiting, held)
    tend(ledger)
    return ledger.result()
