"""What a page says to whoever it wakes."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.domain.delivery import Act, PageState, settled
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
    assert "Acknowledge: `ack` in a thread here, or `/incident INC-42 ack`" in text
    assert f"3 failed runs since {since}: ValueError" in text
    assert f"PredictionCoordinator blocked, due {due}, in 5 h 40 min" in text


@pytest.mark.parametrize(
    ("states", "over"),
    [
        ([], False),
        ([PageState.SENT, PageState.CANCELLED], True),
        ([PageState.SENT, PageState.UNCLEAR], False),
    ],
)
@pytest.mark.parametrize("beside", [(), (Act.NOTE,)])
def test_what_became_of_the_pages_is_known_once_each_is_sent_or_cancelled(
    states: Sequence[PageState], over: bool, beside: Sequence[Act]
) -> None:
    """What wakes nobody is not waited for."""
    pages = [replace(queued("p"), state=state) for state in states]
    others = [replace(queued("n"), page=replace(queued("n").page, act=act)) for act in beside]
    assert settled([*pages, *others]) is over
