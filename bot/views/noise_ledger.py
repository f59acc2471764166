"""The noise ledger in words: `12 = 3 told + 5 joined + 4 expected (2 fall into a planned window, ...)`."""

from collections.abc import Mapping

from bot.domain.gate.noise_ledger import Ending, NoiseLedger
from bot.domain.incidents.decisions import Reason

SHOWN_ANYWAY = frozenset({Ending.TOLD, Ending.JOINED, Ending.CAPPED, Ending.SHADOW})
"""Endings that say why by themselves."""


def totals(found: NoiseLedger) -> str:
    """How the findings ended; of those that nobody was told of, why."""
    if not found.findings:
        return "none"
    parts = [_part(ending, count, found.reasons.get(ending, {})) for ending, count in found.totals.items() if count]
    return f"{found.findings:,} = {' + '.join(parts)}"


def _part(ending: Ending, count: int, reasons: Mapping[Reason, int]) -> str:
    if ending in SHOWN_ANYWAY:
        return f"{count:,} {ending}"
    why = ", ".join(f"{each:,} {reason}" if each < count else f"{reason}" for reason, each in reasons.items())
    return f"{count:,} {ending} ({why})"
