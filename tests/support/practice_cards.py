"""Who can be reached, and every form of what became of a page for practice."""

from dataclasses import replace

from bot.domain.delivery import Act, PageState
from bot.domain.escalation.practice import Practice
from bot.domain.escalation.readiness import Reach, Readiness
from bot.domain.findings.severity import Severity
from bot.views import practice
from bot.views.blocks import Card
from tests.support.pager import queued

NASTY = "<@U1> & *Ana*"


def practices() -> dict[str, Card]:
    ways = [
        Readiness("Ana", Severity.P0, Reach.READY),
        Readiness("Ana", Severity.P1, Reach.READY),
        Readiness(NASTY, Severity.P0, Reach.PARTLY, ("voice",)),
        Readiness("Dana", Severity.P0, Reach.UNREACHABLE, ("slack", "voice")),
    ]
    begun = tuple(
        replace(each, page=replace(each.page, act=Act.TEST))
        for each in (queued("t1", "slack", person=NASTY), queued("t2", "voice", person=NASTY))
    )
    slack, voice = begun
    refused = replace(slack, state=PageState.REFUSED, reason="<channel_not_found>")
    unknown = replace(voice, state=PageState.UNKNOWN, reason="no answer in time")
    sent = replace(slack, state=PageState.SENT, reason="ok")
    return {
        "practice_readiness": practice.readiness(ways),
        "practice_readiness_many": practice.readiness([*ways] * 15),
        "practice_readiness_nobody": practice.readiness([]),
        "practice_begun": practice.report(Practice(NASTY, begun, ())),
        "practice_taken": practice.report(Practice(NASTY, (sent,), ())),
        "practice_refused": practice.report(Practice(NASTY, (refused, unknown), ("sms",))),
    }
