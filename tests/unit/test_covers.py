"""A cover: asked, accepted, declined, withdrawn, expired; the turn stays where it is until it is accepted."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.cli.oncall import Act, OncallQuestion, answer_oncall
from bot.domain.access import Identity, Origin, Role
from bot.domain.errors import BadInput
from bot.domain.oncall import covers
from bot.domain.oncall.covers import Cover, CoverState, Wanted
from bot.domain.oncall.on_call import on_call, shifts
from bot.domain.oncall.schedule import Why
from bot.ports.fakes.state import FakeState
from bot.services.oncall import OncallService
from tests.support.rotas import PEOPLE, PLAN, eastern

NOW = eastern(2026, 1, 13, 12)
"""Ben has the turn until the 19th."""
ASKED = Cover(
    id="C1",
    rota="primary",
    asked_by="Ben",
    person="Chris",
    since=eastern(2026, 1, 14, 18),
    until=eastern(2026, 1, 15, 9),
    asked_at=NOW,
)
LATER = NOW + timedelta(hours=1)


def who(cover: Cover, moment: datetime) -> str:
    return on_call(covers.with_covers(PLAN, [cover]), "primary", moment).person


def test_until_it_is_accepted_the_turn_stays() -> None:
    night = eastern(2026, 1, 15, 3)
    assert who(ASKED, night) == "Ben"
    accepted = covers.accepted(ASKED, "Chris", LATER)
    assert who(accepted, night) == "Chris"
    assert who(accepted, eastern(2026, 1, 15, 9)) == "Ben"
    turn = on_call(covers.with_covers(PLAN, [accepted]), "primary", night)
    assert (turn.why, turn.instead_of, turn.until) == (Why.COVER, "Ben", ASKED.until)


def test_an_override_holds_at_once_whoever_has_the_turn() -> None:
    wanted = replace(ASKED, asked_by="Dana", since=NOW - timedelta(hours=1), until=eastern(2026, 1, 20, 12))
    put, taken = covers.put_on_call(PLAN, wanted)
    assert (put.since, put.at_once, [turn.person for turn in taken]) == (NOW, True, ["Ben"])
    plan = covers.with_covers(PLAN, [put])
    turn = on_call(plan, "primary", NOW)
    assert (turn.person, turn.why, turn.instead_of) == ("Chris", Why.OVERRIDE, "Ben")
    assert covers.record_of(put).act == "override_accepted"
    assert covers.record_of(put).actor == "Dana"
    back = covers.withdrawn(put, "Dana", LATER)
    assert (who(back, NOW), who(back, LATER)) == ("Chris", "Ben")
    with pytest.raises(BadInput, match="Only Dana, who set it"):
        covers.withdrawn(put, "Chris", LATER)
    with pytest.raises(BadInput, match="Chris has that turn already"):
        covers.put_on_call(plan, wanted)


def test_who_gets_the_own_turn_back_takes_it_from_whoever_was_put_on_call() -> None:
    """Chris was put on call instead of Ben, then Ben again: nobody is on call instead of himself."""
    first, _ = covers.put_on_call(PLAN, replace(ASKED, asked_by="Dana"))
    back, _ = covers.put_on_call(
        covers.with_covers(PLAN, [first]), replace(ASKED, id="C2", asked_by="Dana", person="Ben", asked_at=LATER)
    )
    both = on_call(covers.with_covers(PLAN, [first, back]), "primary", ASKED.since)
    assert (both.person, both.instead_of) == ("Ben", "Chris")
    longer = replace(first, id="C3", accepted_at=LATER, until=ASKED.until + timedelta(hours=3))
    night = on_call(covers.with_covers(PLAN, [first, longer]), "primary", ASKED.since)
    assert (night.person, night.instead_of) == ("Chris", "Ben")


def test_who_covered_hears_that_what_was_covered_is_withdrawn() -> None:
    """Dana took over from Chris, who was put on call instead of Ben: withdrawn, it is Ben's, and Dana hears of it."""
    service = OncallService(PLAN, FakeState(), lambda _: Identity(Origin.MEMBER, Role.RESPONDER, named=True))
    put, _ = service.put_on_call(WANTED, PEOPLE["Ana"], NOW)
    taken = service.ask(replace(WANTED, person=PEOPLE["Dana"]), PEOPLE["Chris"], NOW)
    accepted = service.accept(taken.id, PEOPLE["Dana"], LATER)
    assert service.concerned(accepted, LATER) == (["Chris", "Dana"], ["Dana"])
    said = answer_oncall(service, OncallQuestion(Act.STATUS), LATER)
    assert re.search(r"Ana puts Chris on call as primary, .*: set\.", " ".join(said.split()))
    back = service.withdraw(put.id, PEOPLE["Ana"], LATER)
    assert service.concerned(back, LATER) == (["Ana", "Chris", "Dana", "Ben"], ["Ben"])
    assert service.concerned(back, ASKED.until) == (["Ana", "Chris"], [])


def test_a_local_time_that_does_not_exist_is_the_one_that_the_file_would_make_of_it() -> None:
    service = OncallService(PLAN, None)
    assert service.moment("2026-03-08 02:30", NOW) == eastern(2026, 3, 8, 3)
    assert service.moment("tomorrow", eastern(2026, 3, 7, 2) + timedelta(minutes=30)) == eastern(2026, 3, 8, 3)


def test_what_was_agreed_of_an_override_counts() -> None:
    """Chris was put on call, and Ana takes the night for Chris: as agreed, whatever Ben had before."""
    put, _ = covers.put_on_call(PLAN, replace(ASKED, asked_by="Dana"))
    held = covers.with_covers(PLAN, [put])
    night = covers.asked(held, replace(ASKED, id="C2", asked_by="Chris", person="Ana", asked_at=LATER))
    accepted = covers.accepted(night, "Ana", LATER + timedelta(hours=1))
    assert on_call(covers.with_covers(PLAN, [put, accepted]), "primary", ASKED.since).person == "Ana"


def test_one_that_is_declined_changes_nothing() -> None:
    declined = covers.declined(ASKED, "Chris", LATER)
    assert (declined.state, who(declined, eastern(2026, 1, 15, 3))) == (CoverState.DECLINED, "Ben")


def test_one_that_is_withdrawn_in_the_middle_gives_back_what_is_left() -> None:
    accepted = covers.accepted(ASKED, "Chris", LATER)
    withdrawn = covers.withdrawn(accepted, "Ben", eastern(2026, 1, 15))
    plan = covers.with_covers(PLAN, [withdrawn])
    turns = list(shifts(plan, "primary", eastern(2026, 1, 14), eastern(2026, 1, 16)))
    assert [(turn.person, turn.until) for turn in turns] == [
        ("Ben", ASKED.since),
        ("Chris", eastern(2026, 1, 15)),
        ("Ben", eastern(2026, 1, 16)),
    ]


def test_one_accepted_late_begins_when_it_was_accepted() -> None:
    late = covers.accepted(ASKED, "Chris", eastern(2026, 1, 14, 22))
    assert [who(late, eastern(2026, 1, 14, hour)) for hour in (19, 22)] == ["Ben", "Chris"]


def test_nobody_answers_what_is_over() -> None:
    assert covers.state_at(ASKED, ASKED.until) is CoverState.EXPIRED
    with pytest.raises(BadInput, match="expired already"):
        covers.accepted(ASKED, "Chris", ASKED.until)


@pytest.mark.parametrize("answer", [covers.accepted, covers.declined])
def test_only_who_was_asked_answers(answer: type) -> None:
    with pytest.raises(BadInput, match="Only Chris, who was asked"):
        answer(ASKED, "Ben", LATER)
    with pytest.raises(BadInput, match="declined already"):
        answer(covers.declined(ASKED, "Chris", LATER), "Chris", LATER)


def test_only_who_asked_withdraws() -> None:
    with pytest.raises(BadInput, match="Only Ben, who asked"):
        covers.withdrawn(ASKED, "Chris", LATER)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"until": NOW}, "That time is over"),
        ({"since": ASKED.until}, "ends before it begins"),
        ({"until": ASKED.since + timedelta(days=32)}, "31 days at most"),
        ({"since": NOW + timedelta(days=400), "until": NOW + timedelta(days=401)}, "within a year"),
        ({"person": "Ben"}, "cannot cover for yourself"),
        ({"person": "Nobody"}, "Nobody is not among the people"),
        ({"rota": "tertiary"}, "There is no rota 'tertiary'"),
        ({"asked_by": "Ana"}, "Ana does not have that turn: Ben has"),
        ({"asked_by": "Ana", "person": "Ben"}, "Ben has that turn already"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        covers.asked(PLAN, replace(ASKED, **changes))  # type: ignore[arg-type]


def test_one_that_has_begun_begins_now() -> None:
    assert covers.asked(PLAN, replace(ASKED, since=NOW - timedelta(days=1))).since == NOW


def test_people_who_have_left_cover_nothing() -> None:
    accepted = covers.accepted(ASKED, "Chris", LATER)
    gone = replace(PLAN, people=tuple(each for each in PLAN.people if each.name != "Chris"))
    assert covers.with_covers(gone, [accepted]).overrides == ()


def test_a_turn_of_somebody_else_in_that_time_stays_theirs() -> None:
    """Ben's turn ends on the 19th, and he asks until the 21st: the request says the 19th, whatever changes after it."""
    handover = eastern(2026, 1, 19, 9)
    wide = covers.asked(PLAN, replace(ASKED, person="Dana", since=eastern(2026, 1, 18), until=eastern(2026, 1, 21)))
    assert (wide.since, wide.until) == (eastern(2026, 1, 18), handover)
    accepted = covers.accepted(replace(wide, until=eastern(2026, 1, 21)), "Dana", LATER)
    assert [who(accepted, handover + timedelta(hours=hours)) for hours in (-1, 1)] == ["Dana", "Chris"]


def test_who_covers_may_ask_in_turn_and_what_is_withdrawn_goes_back_to_the_first() -> None:
    night = eastern(2026, 1, 15, 3)
    first = covers.accepted(ASKED, "Chris", LATER)
    second = covers.accepted(
        replace(ASKED, id="C2", asked_by="Chris", person="Dana"), "Dana", LATER + timedelta(hours=1)
    )
    turn = on_call(covers.with_covers(PLAN, [first, second]), "primary", night)
    assert (turn.person, turn.instead_of) == ("Dana", "Chris")
    withdrawn = covers.withdrawn(first, "Ben", LATER + timedelta(hours=2))
    assert on_call(covers.with_covers(PLAN, [withdrawn, second]), "primary", night).person == "Ben"


WANTED = Wanted(rota="primary", person=PEOPLE["Chris"], since=ASKED.since, until=ASKED.until)


def test_the_same_request_is_made_once_until_it_is_answered() -> None:
    service = OncallService(PLAN, state := FakeState())
    first = service.ask(WANTED, PEOPLE["Ben"], NOW)
    for again in (WANTED, replace(WANTED, since=ASKED.since + timedelta(hours=1))):
        with pytest.raises(BadInput, match="asked Chris already, 14 Jan 18:00 to 15 Jan 09:00"):
            service.ask(again, PEOPLE["Ben"], LATER)
    assert state.covers(NOW) == [first]
    service.decline(first.id, PEOPLE["Chris"], LATER)
    assert service.ask(WANTED, PEOPLE["Ben"], LATER).id != first.id


def test_whoever_accepts_second_is_told_who_has_the_turn() -> None:
    service = OncallService(PLAN, FakeState())
    first = service.ask(WANTED, PEOPLE["Ben"], NOW)
    second = service.ask(replace(WANTED, person=PEOPLE["Dana"], since=eastern(2026, 1, 15)), PEOPLE["Ben"], NOW)
    partly = service.ask(replace(WANTED, person=PEOPLE["Ana"], until=eastern(2026, 1, 16)), PEOPLE["Ben"], NOW)
    service.accept(first.id, PEOPLE["Chris"], LATER)
    for late, slack in ((second, PEOPLE["Dana"]), (partly, PEOPLE["Ana"])):
        with pytest.raises(BadInput, match="already, as agreed"):
            service.accept(late.id, slack, LATER)
        assert service.cover(late.id).state is CoverState.ASKED
    service.withdraw(first.id, PEOPLE["Ben"], LATER)
    assert service.accept(second.id, PEOPLE["Dana"], LATER).state is CoverState.ACCEPTED


def test_this_time_tomorrow_can_be_asked_for() -> None:
    assert OncallService(PLAN, None).moment("tomorrow", NOW) == NOW + timedelta(days=1)


def test_a_reason_is_kept_without_secrets() -> None:
    service = OncallService(PLAN, state := FakeState())
    wanted = Wanted(
        rota="primary",
        person=PEOPLE["Chris"],
        since=ASKED.since,
        until=ASKED.until,
        reason="see the vault, password=Hunter2x9",
    )
    stored = service.ask(wanted, PEOPLE["Ben"], NOW)
    assert stored.reason == "see the vault, password=[redacted]"
    assert state.covers(NOW) == [stored]
