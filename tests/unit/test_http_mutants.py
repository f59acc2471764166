"""Payloads as Slack sends them, signed, with any part gone or of another kind, and forgeries: never a 5xx."""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.attacks import ODD, PLACES, SENT, bent, forged, malformed, written
from tests.support.http_rig import NOW, Front, fronted
from tests.support.slack_bench import small_history

NUMBERS = itertools.count()
FORGED, MALFORMED = 600, 400
"""100,000 and 34,000 of the same: `python -m benchmarks.attacks`."""


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with small_history(tmp_path_factory.mktemp("history")) as services, fronted(services) as made:
        yield made


@given(place=st.sampled_from(PLACES), odd=st.sampled_from(ODD))
@settings(max_examples=120)
def test_one_part_bent(front: Front, place: tuple[int, tuple[Any, ...]], odd: Any) -> None:
    number, path = place
    kind, payload = SENT[number]
    assert front.signed(*written(kind, bent(payload, path, odd), next(NUMBERS)))[0] < 500


@pytest.mark.parametrize("number", range(len(SENT)))
def test_unbent_all_are_acknowledged(front: Front, number: int) -> None:
    kind, payload = SENT[number]
    status, text = front.signed(*written(kind, payload, next(NUMBERS)))
    assert status == 200, text


def test_forged_requests_are_refused_and_do_nothing(front: Front) -> None:
    before, chance = front.settled_calls(), random.Random(1)
    for number in range(FORGED):
        sent = forged(chance, front.secret, NOW, number)
        assert front.post(sent.body, sent.headers)[0] == 401, sent
    assert front.settled_calls() == before


def test_signed_requests_that_make_no_sense_never_fail(front: Front) -> None:
    chance = random.Random(2)
    for number in range(MALFORMED):
        body, kind = malformed(chance, 10_000 + number)
        assert front.signed(body, kind)[0] < 500, (body[:500], kind)
