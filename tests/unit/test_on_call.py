"""Who is on call: against an oracle that walks the wall clock, through changes of the clocks, swaps and holes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.oncall.on_call import everyone_on_call, gaps, on_call, shifts
from bot.domain.oncall.schedule import Layer, Override, Person, Rota, Schedule, Why

NEW_YORK = ZoneInfo("America/New_York")
ZONES = (
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Europe/Berlin",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
)
"""Half-hour and 45-minute ones, one that changes by half an hour, one whose summer time is negative."""
HOUR = timedelta(hours=1)


def schedule(*rotas: Rota, zone: ZoneInfo = NEW_YORK, overrides: tuple[Override, ...] = ()) -> Schedule:
    names = sorted({name for rota in rotas for layer in rota.layers for name in layer.people} | {"Dana", "Eve"})
    people = tuple(Person(name=name, zone=zone) for name in names)
    return Schedule(zone=zone, people=people, rotas=rotas, overrides=overrides)


def primary(zone: ZoneInfo = NEW_YORK, **changes: object) -> Rota:
    known: dict[str, object] = {"people": ("Ana", "Ben", "Chris"), "starts": date(2026, 1, 5), "zone": zone}
    return Rota(name="primary", layers=(Layer(**{**known, **changes}),), fallback="Dana")  # type: ignore[arg-type]


SECONDARY = Rota(name="secondary", follows="primary", fallback="Dana")


def eastern(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK).astimezone(UTC)  # type: ignore[arg-type,misc]


@cache
def handovers(zone: str, hour: int, every_days: int, starts: date, until: date) -> list[datetime]:
    """The oracle: minute by minute from before the local time, the first at which the wall clock has reached it."""
    found, day = [], starts
    while day <= until:
        wanted = datetime.combine(day, time(hour))
        instant = wanted.replace(tzinfo=UTC) - timedelta(hours=16)
        instant -= timedelta(minutes=instant.minute % 15)
        while instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wanted:
            instant += timedelta(minutes=15)
        found.append(instant)
        day += timedelta(days=every_days)
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_ten_years_has_the_person_whom_the_wall_clock_names(zone: str) -> None:
    people, starts = ("Ana", "Ben", "Chris"), date(2024, 1, 1)
    rota = primary(ZoneInfo(zone), people=people, starts=starts, handover_hour=2.0)
    known = handovers(zone, 2, 7, starts, date(2034, 2, 1))
    turns = shifts(schedule(rota, zone=ZoneInfo(zone)), "primary", known[0], known[-1])
    for turn, (began, following) in zip(turns, pairwise(known), strict=True):
        position = known.index(began)
        assert (turn.since, turn.until, turn.person) == (began, following, people[position % 3])
        assert turn.why is Why.ROTATION


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hour=st.sampled_from([0, 2, 9, 23]),
    every=st.integers(1, 14),
    shift=st.integers(0, 200),
    minutes=st.integers(0, 200 * 24 * 60),
)
def test_any_instant_has_the_person_of_the_last_handover(
    zone: str, hour: int, every: int, shift: int, minutes: int
) -> None:
    starts = date(2025, 9, 1) + timedelta(days=shift)
    known = handovers(zone, hour, every, starts, starts + timedelta(days=230))
    instant = known[0] + timedelta(minutes=minutes)
    rota = primary(ZoneInfo(zone), starts=starts, handover_hour=float(hour), every_days=every)
    turn = on_call(schedule(rota, zone=ZoneInfo(zone)), "primary", instant)
    past = [moment for moment in known if moment <= instant]
    assert turn.person == ("Ana", "Ben", "Chris")[(len(past) - 1) % 3]
    assert (turn.since, turn.until) == (past[-1], known[len(past)])


def test_a_handover_stays_at_nine_when_the_clocks_change() -> None:
    turns = list(shifts(schedule(primary()), "primary", eastern(2026, 3, 2, 9), eastern(2026, 3, 16, 9)))
    assert [turn.since for turn in turns] == [eastern(2026, 3, 2, 9), eastern(2026, 3, 9, 9)]
    assert turns[0].until is not None
    assert turns[0].since is not None
    assert turns[0].until - turns[0].since == timedelta(days=7) - HOUR


def test_the_second_is_whoever_had_the_turn_before() -> None:
    plan = schedule(primary(), SECONDARY)
    assert [shift.person for shift in everyone_on_call(plan, eastern(2026, 1, 13))] == ["Ben", "Ana"]
    assert on_call(plan, "secondary", eastern(2026, 1, 13)).why is Why.FOLLOWS


def test_who_was_asked_to_stand_in_is_not_paged_second_as_well() -> None:
    swapped = Override(rota="primary", person="Ana", since=eastern(2026, 1, 14), until=eastern(2026, 1, 15))
    plan = schedule(primary(), SECONDARY, overrides=(swapped,))
    [first, second] = everyone_on_call(plan, eastern(2026, 1, 14, 12))
    assert (first.person, first.why, first.instead_of, first.detail) == ("Ana", Why.OVERRIDE, "Ben", "")
    assert (first.since, first.until) == (swapped.since, swapped.until)
    assert second.person == "Chris"


def test_the_second_is_somebody_in_hours_without_a_first_too() -> None:
    office = replace(primary().layers[0], weekdays=frozenset(range(5)), from_hour=9.0, to_hour=17.0)
    plan = schedule(Rota(name="primary", layers=(office,)), SECONDARY)
    assert [shift.person for shift in everyone_on_call(plan, eastern(2026, 1, 13, 3))] == ["", "Ana"]


def test_of_overrides_at_once_the_last_one_counts() -> None:
    first = Override(rota="primary", person="Dana", since=eastern(2026, 1, 14), until=eastern(2026, 1, 16))
    later = Override(rota="primary", person="Eve", since=eastern(2026, 1, 15), until=eastern(2026, 1, 17))
    plan = schedule(primary(), overrides=(first, later))
    turns = list(shifts(plan, "primary", eastern(2026, 1, 13), eastern(2026, 1, 18)))
    assert [turn.person for turn in turns] == ["Ben", "Dana", "Eve", "Ben"]
    assert turns[2].instead_of == "Dana"


def test_an_override_over_a_handover_is_one_turn() -> None:
    weekend = Override(rota="primary", person="Dana", since=eastern(2026, 1, 18), until=eastern(2026, 1, 20))
    plan = schedule(primary(), overrides=(weekend,))
    found = [on_call(plan, "primary", eastern(2026, 1, day, 12)) for day in (18, 19)]
    assert [(turn.since, turn.until) for turn in found] == [(weekend.since, weekend.until)] * 2
    assert [turn.instead_of for turn in found] == ["Ben", "Chris"]


def test_hours_that_no_layer_covers_are_a_gap_with_its_edges() -> None:
    office = Rota(name="primary", layers=(_office(),))
    [night, *_] = gaps(schedule(office), "primary", eastern(2026, 1, 13, 12), eastern(2026, 1, 14, 12))
    assert (night.since, night.until, night.why) == (eastern(2026, 1, 13, 17), eastern(2026, 1, 14, 9), Why.NOBODY)
    assert len(gaps(schedule(office), "primary", eastern(2026, 1, 12), eastern(2026, 1, 19))) == 6


def test_a_night_layer_goes_over_midnight_and_belongs_to_the_day_it_begins() -> None:
    night = Layer(
        people=("Eve",),
        starts=date(2026, 1, 5),
        zone=NEW_YORK,
        weekdays=frozenset(range(5)),
        from_hour=17.0,
        to_hour=33.0,
    )
    rota = Rota(name="primary", layers=(_office(), night), fallback="Dana")
    asked = {
        eastern(2026, 1, 16, 12): "Ana",
        eastern(2026, 1, 17, 3): "Eve",
        eastern(2026, 1, 17, 9): "Dana",
        eastern(2026, 1, 19, 3): "Dana",
    }
    assert {moment: on_call(schedule(rota), "primary", moment).person for moment in asked} == asked


def test_before_a_rota_begins_nobody_has_the_turn() -> None:
    rota = Rota(name="primary", layers=primary().layers)
    turn = on_call(schedule(rota), "primary", eastern(2026, 1, 4))
    assert (turn.person, turn.why, turn.until) == ("", Why.NOBODY, eastern(2026, 1, 5, 9))


def test_one_person_for_ever_has_a_turn_without_a_known_end() -> None:
    alone = primary(people=("Ana",), starts=date(2000, 1, 3))
    turn = on_call(schedule(alone), "primary", eastern(2026, 1, 5))
    assert (turn.person, turn.since, turn.until) == ("Ana", None, None)


def test_a_rota_that_is_not_there_is_named_with_what_may_be_meant() -> None:
    with pytest.raises(BadInput, match=r"no rota 'primry'.*primary"):
        on_call(schedule(primary()), "primry", eastern(2026, 1, 5))


@settings(max_examples=40, deadline=None)
@given(minutes=st.integers(0, 59 * 24 * 60), lengths=st.lists(st.tuples(st.integers(0, 80_000), st.integers(1, 9_000))))
def test_shifts_have_no_hole_and_agree_with_every_instant(minutes: int, lengths: list[tuple[int, int]]) -> None:
    begin = eastern(2026, 2, 20)
    made = tuple(
        Override(
            rota="primary",
            person=("Dana", "Eve")[position % 2],
            since=begin + timedelta(minutes=at),
            until=begin + timedelta(minutes=at + length),
        )
        for position, (at, length) in enumerate(lengths)
    )
    plan = schedule(Rota(name="primary", layers=(_office(), *primary().layers)), SECONDARY, overrides=made)
    until = begin + timedelta(days=60)
    for rota in ("primary", "secondary"):
        turns = list(shifts(plan, rota, begin, until))
        assert [turn.since for turn in turns[1:]] == [turn.until for turn in turns[:-1]]
        assert (turns[0].since, turns[-1].until) == (begin, until)
        instant = begin + timedelta(minutes=minutes)
        [now] = [turn for turn in turns if turn.since and turn.until and turn.since <= instant < turn.until]
        asked = on_call(plan, rota, instant)
        assert (asked.person, asked.why) == (now.person, now.why)
        assert asked.until is None or asked.until >= min(now.until or until, until)


def _office() -> Layer:
    return Layer(
        people=("Ana",),
        starts=date(2026, 1, 5),
        zone=NEW_YORK,
        weekdays=frozenset(range(5)),
        from_hour=9.0,
        to_hour=17.0,
    )
