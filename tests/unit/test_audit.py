"""The audit chain: whatever is done to it before its last anchor is found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import FIRELINE, NOTHING, Anchor, Link, Record, Seal, record, verify
from tests.support.gate_story import START

KEYED, OPEN = Seal(["a key of the team"]), Seal()
RECORDS = 30
Mutation = Callable[[list[Link], int, int], list[Link]]


def chain(seal: Seal, count: int = RECORDS) -> list[Link]:
    links, end = list[Link](), NOTHING
    for number in range(count):
        at = START + timedelta(minutes=number)
        made = record(at, f"U{number % 3}", "acknowledged", f"incident:I{number % 4}", {"text": f"U{number} has it"})
        links.append(seal.after(end, made))
        end = end_of(links)
    return links


def end_of(links: list[Link]) -> Anchor:
    return Anchor(links[-1].seq, links[-1].hash) if links else NOTHING


def sealed_again(links: list[Link], seal: Seal) -> list[Link]:
    """As somebody would who can write to the database, and has that seal."""
    made, end = list[Link](), NOTHING
    for link in links:
        made.append(seal.after(end, link.record))
        end = end_of(made)
    return made


def edited(links: list[Link], at: int, other: int) -> list[Link]:
    made, field = links[at].record, ("actor", "act", "subject", "body")[other % 4]
    changed = Record(**{**vars(made), field: "another"})
    return [*links[:at], replace(links[at], record=changed), *links[at + 1 :]]


def moved_in_time(links: list[Link], at: int, other: int) -> list[Link]:
    changed = replace(links[at].record, at=links[at].record.at + timedelta(seconds=other + 1))
    return [*links[:at], replace(links[at], record=changed), *links[at + 1 :]]


def deleted(links: list[Link], at: int, _: int) -> list[Link]:
    return [*links[:at], *links[at + 1 :]]


def inserted(links: list[Link], at: int, other: int) -> list[Link]:
    return [*links[:at], replace(links[other], seq=links[at].seq), *links[at:]]


def swapped(links: list[Link], at: int, other: int) -> list[Link]:
    other = other if other != at else (at + 1) % len(links)
    changed = list(links)
    changed[at] = replace(links[other], seq=links[at].seq)
    changed[other] = replace(links[at], seq=links[other].seq)
    return changed


def truncated(links: list[Link], at: int, _: int) -> list[Link]:
    return links[:at]


MUTATIONS: tuple[Mutation, ...] = (edited, moved_in_time, deleted, inserted, swapped, truncated)


@pytest.mark.parametrize("seal", [KEYED, OPEN], ids=["key", "no key"])
def test_a_chain_that_nobody_touched_is_whole(seal: Seal) -> None:
    links = chain(seal)
    found = verify(links, seal, end_of(links), [end_of(links[:20]), end_of(links)])
    assert (found.records, found.anchors, found.faults) == (RECORDS, 2, ())
    assert verify([], seal, NOTHING).faults == ()


@given(at=st.integers(0, RECORDS - 1), other=st.integers(0, RECORDS - 1), mutation=st.sampled_from(MUTATIONS))
def test_what_is_changed_is_found(at: int, other: int, mutation: Mutation) -> None:
    for seal in (KEYED, OPEN):
        links = chain(seal)
        changed = mutation(links, at, other)
        assert verify(changed, seal, end_of(changed), [end_of(links)]).faults


def test_what_is_changed_and_sealed_again_is_found_by_the_anchors() -> None:
    """Without a key anybody can seal; the head says what they want. 300 changes before the last anchor."""
    links, chance = chain(OPEN), Random(7)
    for _ in range(50):
        for mutation in MUTATIONS:
            touched = mutation(links, chance.randrange(RECORDS - 5), chance.randrange(RECORDS - 5))
            changed = sealed_again(touched, OPEN)
            assert verify(changed, OPEN, end_of(changed), [end_of(links)]).faults, mutation


def test_whoever_does_not_have_the_key_cannot_seal_again() -> None:
    links = chain(KEYED)
    for seal in (OPEN, Seal(["a guess"])):
        changed = [*links[:20], *sealed_again(links, seal)[20:]]
        assert verify(changed, KEYED, end_of(changed)).faults
    found = verify(sealed_again(links, OPEN), KEYED, end_of(sealed_again(links, OPEN)))
    assert (found.faults, found.unsealed) == ((), RECORDS)


def test_a_key_that_was_changed_still_knows_what_it_sealed() -> None:
    links = chain(Seal(["old"]), 3)
    links.append(Seal(["new", "old"]).after(end_of(links), links[0].record))
    assert verify(links, Seal(["new", "old"]), end_of(links)).faults == ()
    [first, *_] = verify(links, Seal(["new"]), end_of(links)).faults
    assert "which FIRELINE_AUDIT_KEY does not have" in first


def test_records_hold_no_secret_and_name_fireline_itself() -> None:
    made = record(START, "", "paged", "incident:I1", {"text": "password=hunter2-x9", "n": 3, "none": None})
    assert made.actor == FIRELINE
    assert "hunter2" not in made.body
    assert record(START, "a\0b\ud800", "x", "s", {"t": "\ud800\0"}).actor == "a?b?"
