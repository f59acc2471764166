"""Several people answer requests to cover one turn at the same moment, each through a replica of its own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from bot.domain.errors import BadInput
from bot.domain.oncall.covers import Cover, CoverState, Wanted
from bot.domain.oncall.on_call import on_call
from bot.services.oncall import OncallService
from tests.contracts.states import KINDS, Again, opened
from tests.support.rotas import PEOPLE, PLAN, eastern

NOW = eastern(2026, 1, 13, 12)
"""Ben has the turn."""
NIGHT = eastern(2026, 1, 15, 3)
WANTED = Wanted(rota="primary", person=PEOPLE["Chris"], since=eastern(2026, 1, 14, 18), until=eastern(2026, 1, 15, 9))
ROUNDS = 8
"""Each ends with a withdrawal, so that the turn is free again."""


@pytest.fixture(params=KINDS)
def replicas(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[OncallService]]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield _three(again)


def _three(again: Again) -> list[OncallService]:
    return [OncallService(PLAN, again()) for _ in range(3)]


def at_once(*acts: Callable[[], Cover]) -> Sequence[Cover | str]:
    """What each came to: the cover, or the words with which it was refused."""
    start = Barrier(len(acts))

    def act(what: Callable[[], Cover]) -> Cover | str:
        start.wait()
        try:
            return what()
        except BadInput as error:
            return str(error)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def test_of_three_who_accept_the_same_turn_at_once_one_has_it(replicas: list[OncallService]) -> None:
    for _ in range(ROUNDS):
        asked = {
            name: replicas[0].ask(replace(WANTED, person=PEOPLE[name]), PEOPLE["Ben"], NOW)
            for name in ("Ana", "Chris", "Dana")
        }
        found = at_once(
            *(
                partial(service.accept, cover.id, PEOPLE[cover.person], NOW)
                for service, cover in zip(replicas, asked.values(), strict=True)
            )
        )
        (winner,) = [each for each in found if isinstance(each, Cover)]
        refusals = [each for each in found if isinstance(each, str)]
        assert ["already, as agreed" in each for each in refusals] == [True, True]
        for service in replicas:
            states = [service.cover(each.id).state for each in asked.values()]
            assert states.count(CoverState.ACCEPTED) == 1
            assert on_call(service.schedule(NOW), "primary", NIGHT).person == winner.person
        for each in asked.values():
            replicas[1].withdraw(each.id, PEOPLE["Ben"], NOW)


def test_a_yes_and_a_withdrawal_at_once_leave_one_answer_that_all_replicas_tell(replicas: list[OncallService]) -> None:
    for _ in range(ROUNDS):
        asked = replicas[0].ask(WANTED, PEOPLE["Ben"], NOW)
        yes, back = at_once(
            partial(replicas[1].accept, asked.id, PEOPLE["Chris"], NOW),
            partial(replicas[2].withdraw, asked.id, PEOPLE["Ben"], NOW),
        )
        state = replicas[0].cover(asked.id).state
        if isinstance(back, Cover):
            assert state is CoverState.WITHDRAWN
            assert isinstance(yes, Cover) or "withdrawn already" in yes
        else:
            assert (state, back) == (CoverState.ACCEPTED, "It is accepted already.")
            replicas[2].withdraw(asked.id, PEOPLE["Ben"], NOW)
        assert {on_call(each.schedule(NOW), "primary", NIGHT).person for each in replicas} == {"Ben"}
