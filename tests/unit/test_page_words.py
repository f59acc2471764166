"""What a page says to whoever it wakes."""

from zoneinfo import ZoneInfo

import pytest

from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.response import opened
from bot.views.page_words import wording
from tests.support.builders import NOW
from tests.support.notices import notice
from tests.support.pager import queued


@pytest.mark.parametrize(
    ("zone", "since", "due"),
    [
        ("UTC", "05:50 UTC", "11:40 UTC"),
        ("America/New_York", "00:50 EST", "06:40 EST"),
        ("Asia/Kathmandu", "11:35 +0545", "17:25 +0545"),
    ],
)
def test_times_are_of_where_the_reader_lives(zone: str, since: str, due: str) -> None:
    told = notice()
    response = opened(told.incident.id, Severity.P0, EscalationPolicy().of(Severity.P0), NOW)
    _, text = wording(told.incident, response, queued("p1"), (), told, zone=ZoneInfo(zone))
    assert f"3 failed runs since {since}: ValueError" in text
    assert f"PredictionCoordinator blocked, due {due}, in 5 h 40 min" in text
