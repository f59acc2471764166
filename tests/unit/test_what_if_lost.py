"""What a change loses of messages that stay: pages that come later or not at all, dates that nobody is told of."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.oncall.schedule import Schedule
from bot.domain.reports.replay import Messages, messages_of
from bot.domain.reports.what_if import Confirmed, WhatIf, Would, would
from bot.views import what_if as view
from tests.support.gate_story import DAY, REGISTRY, START, finding
from tests.support.notices import decision

HOUR = timedelta(hours=1)
ROOT = "Gamebook"
NEXT = DAY + timedelta(days=1)


def said(severity: str, hours: float = 0, day: date = DAY, **changes: Any) -> Decision:
    made = finding(ROOT, severity=severity, data_date=day)
    outcome = changes.pop("outcome", Outcome.UPDATE if hours else Outcome.ANNOUNCE)
    return decision(outcome, START + hours * HOUR, finding=made, severity=Severity(severity), **changes)


def over(hours: float) -> Decision:
    return said("P1", hours, outcome=Outcome.RESOLVE)


def back(severity: str, hours: float, **changes: Any) -> Decision:
    return said(severity, hours, reason=Reason.BACK, **changes)


def by(*decisions: Decision) -> Would:
    last = START + 48 * HOUR
    messages = Messages(first=START, last=last, step=HOUR, zone=REGISTRY.zone, messages=messages_of(decisions))
    return would(messages, decisions, EscalationPolicy(), Schedule(REGISTRY.zone))


def pages(found: Iterable[Any]) -> list[tuple[float, float | None]]:
    """(hours after START, hours later) of each."""
    return [((each.at - START) / HOUR, None if each.by is None else each.by / HOUR) for each in found]


OLD = by(said("P1"), over(5), back("P1", 9))


def test_what_comes_back_pages_as_it_does_live() -> None:
    assert [(each.at - START) / HOUR for each in OLD.messages.pages] == [0, 9]
    assert (OLD.messages.begun_again, OLD.messages.risen) == (1, 0)
    assert [each.at for each in by(said("P1"), said("P1", 3)).messages.pages] == [START], "an update of what is open"
    risen = by(said("P2"), said("P0", 3, escalated=True)).messages
    assert ([each.severity for each in risen.pages], risen.risen) == (["P0"], 1)


@pytest.mark.parametrize(
    ("new", "unpaged"),
    [
        (by(said("P1"), over(5), back("P1", 9)), []),
        (by(said("P1"), over(5), back("P3", 9)), [(9, None)]),
        (by(said("P1"), over(5)), [(9, None)]),
        (by(said("P3"), over(5), back("P1", 9)), [(0, 9)]),
        (by(said("P3"), said("P1", 3, escalated=True), over(5), back("P1", 9)), [(0, 3)]),
        (by(said("P1")), []),
        (by(said("P1", 0.25, outcome=Outcome.ANNOUNCE), over(5), back("P1", 9)), []),
        (by(said("P2"), over(5), back("P3", 9)), [(0, None), (9, None)]),
    ],
)
def test_each_page_that_nobody_gets_in_time_is_named(new: Would, unpaged: list[tuple[float, float | None]]) -> None:
    found = WhatIf(old=OLD, new=new)
    assert (found.lost, pages(found.unpaged)) == ((), unpaged)
    assert pages(WhatIf(old=new, new=OLD).paged_now) == unpaged


def test_what_a_message_leaves_out_is_named() -> None:
    old = by(said("P1"), said("P1", 3, NEXT))
    found = WhatIf(old=old, new=by(said("P1")))
    assert [each.missing for each in found.in_part] == [((ROOT, NEXT),)]
    assert (found.lost, found.unpaged, WhatIf(old=old, new=old).in_part) == ((), (), ())
    text = "\n".join(view.lines(found, ()))
    assert (
        f"Would say less: 1\n  {START:%Y-%m-%d %H:%M} P1 {ROOT}: zero_records_processor for {DAY}: no word of " in text
    )
    assert f"{ROOT} for {NEXT}" in text
    assert view.document(found, ())["in_part"][0]["missing"] == [{"processor": ROOT, "data_date": str(NEXT)}]


def test_pages_are_said_with_their_time() -> None:
    found = WhatIf(old=OLD, new=by(said("P3"), said("P1", 3, escalated=True), over(5)))
    text = "\n".join(view.lines(found, ()))
    said_of = f"{START:%Y-%m-%d %H:%M} P1 {ROOT}: zero_records_processor for {DAY}"
    assert f"Would page no more: 1\n  {said_of}, its page of {START + 9 * HOUR:%Y-%m-%d %H:%M}\n" in text
    assert f"Would page later: 1\n  {said_of}, by 3 h" in text
    facts = view.document(found, ())["unpaged"]
    assert [(each["page_at"], each["later_s"]) for each in facts] == [
        (START.isoformat(), 3 * 3600.0),
        ((START + 9 * HOUR).isoformat(), None),
    ]


@pytest.mark.parametrize(("severity", "lost"), [("P1", ()), ("P2", ()), ("P3", ("INC-7",))])
def test_a_confirmed_incident_that_only_the_digest_has_is_lost(severity: str, lost: tuple[str, ...]) -> None:
    known = Confirmed(label="INC-7", subjects=frozenset({(ROOT, DAY)}), since=START, until=START + HOUR)
    found = WhatIf(old=by(said("P1")), new=by(said(severity)), confirmed=(known,))
    assert found.lost_confirmed == lost
    assert found.refused(9.0) == tuple(f"incidents that people confirmed would be lost: {each}" for each in lost)
