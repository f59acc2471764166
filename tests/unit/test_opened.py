"""The incidents that were open at a moment, as they were known then."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.findings.severity import Severity
from bot.ports.fakes.state import FakeState
from bot.services.gate import GateService
from bot.services.opened import opened_in
from tests.support.gate_story import DAY, RULES, START, finding

LATER = DAY + timedelta(days=1)


def minute(after: float) -> datetime:
    return START + timedelta(minutes=after)


def test_what_came_later_was_not_known_then() -> None:
    """Gamebook is announced, gets a date more and worse, and is over; Boxscores comes in between."""
    state = FakeState()
    gate = GateService(state, RULES)
    first, other = finding("Gamebook", severity="P1"), finding("Boxscores", severity="P1")
    worse = replace(first, data_date=LATER, severity=Severity.P0)
    gate.tick(minute(0), [first])
    gate.tick(minute(10), [first, worse, other])
    gate.tick(minute(40), [other])

    def known(at: datetime | None) -> list[tuple[str, str, int]]:
        found = sorted(opened_in(state, at), key=lambda each: each.number)
        return [(each.root, each.severity, len(each.data_dates)) for each in found]

    assert known(minute(-1)) == []
    assert known(minute(5)) == [("Gamebook", "P1", 1)]
    assert known(minute(20)) == [("Gamebook", "P0", 2), ("Boxscores", "P1", 1)]
    assert known(minute(60)) == known(None) == [("Boxscores", "P1", 1)]
