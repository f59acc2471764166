"""One contract for every state: a report is claimed once, and the next one knows what was delivered."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.delivery import Act, Kind, Outcome, PageState
from bot.domain.escalation.pages import about_no_incident
from bot.domain.reports.said import Fired, Said
from bot.ports.state import State
from tests.contracts.states import KINDS, SQL_KINDS, Again, opened
from tests.support.gate_story import START

DAY = timedelta(days=1)


@pytest.fixture(params=KINDS)
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Again]:
    with opened(request.param, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        yield again


def claimed(state: State, day: str, said: Said | None = None) -> bool:
    with state.transaction() as tx:
        done = tx.reports.fire(Fired("daily", day, START))
        if done and said is not None:
            tx.reports.put(said)
    return done


def said(day: str, days: int = 0, **more: object) -> Said:
    given: dict[str, object] = {"whole": True, "facts": "{}", "card": "{}", **more}
    return Said(key=f"digest:{day}", schedule="daily", made_at=START + days * DAY, **given)  # type: ignore[arg-type]


def send(state: State, key: str) -> None:
    page = about_no_incident(key, Act.NOTE, "report", "", "#data", "words", START, START)
    with state.transaction() as tx:
        tx.pages.add([page])
        assert tx.pages.claim(page, START, START + DAY)
        tx.pages.settle(page, PageState.SENT, Outcome(Kind.YES, "ok"), START)


def test_a_date_is_claimed_once_and_each_schedule_by_itself(again: Again) -> None:
    assert not again().reports.fired("daily", "2026-01-15")
    assert [claimed(again(), "2026-01-15") for _ in range(3)] == [True, False, False]
    assert again().reports.fired("daily", "2026-01-15")
    assert not again().reports.fired("weekly", "2026-01-15")
    assert claimed(again(), "2026-01-16")


def test_what_was_said_is_kept_and_put_again(again: Again) -> None:
    first = said("2026-01-15", whole=False, facts='{"a": 1}', card='{"blocks": []}', rest="more \U0001f4c8")
    assert claimed(again(), "2026-01-15", first)
    assert again().reports.said("digest:2026-01-15") == first
    whole = said("2026-01-15", facts='{"a": 2}')
    with again().transaction() as tx:
        tx.reports.put(whole)
    assert again().reports.said("digest:2026-01-15") == whole
    assert again().reports.said("digest:2026-01-16") is None


def test_the_last_one_that_was_delivered_is_known(again: Again) -> None:
    assert again().reports.delivered("daily") is None
    for days, day in enumerate(("2026-01-15", "2026-01-16", "2026-01-17")):
        assert claimed(again(), day, said(day, days))
    assert again().reports.delivered("daily") is None
    send(again(), "digest:2026-01-15")
    send(again(), "digest:2026-01-16")
    assert again().reports.delivered("daily") == said("2026-01-16", 1)
    assert again().reports.delivered("daily", START + DAY) == said("2026-01-15", 0)
    assert again().reports.delivered("daily", START) is None
    assert again().reports.delivered("weekly") is None


def cut_off(state: State) -> None:
    with state.transaction() as tx:
        tx.reports.fire(Fired("daily", "2026-01-15", START))
        tx.reports.put(said("2026-01-15"))
        raise ZeroDivisionError


def test_a_claim_that_is_not_finished_is_none(again: Again) -> None:
    with pytest.raises(ZeroDivisionError):
        cut_off(again())
    assert not again().reports.fired("daily", "2026-01-15")
    assert again().reports.said("digest:2026-01-15") is None


@pytest.mark.parametrize("kind", SQL_KINDS)
def test_of_several_at_once_one_claims_it(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with opened(kind, tmp_path, lambda: request.getfixturevalue("postgres_folder")) as again:
        states = [again() for _ in range(3)]
        with ThreadPoolExecutor(3) as threads:
            won = list(threads.map(lambda state: claimed(state, "2026-01-15"), states))
    assert sorted(won) == [False, False, True]


def test_a_try_that_another_follows_tells_only_that_it_was_taken(again: Again) -> None:
    """Its process stood still for longer than its lease."""
    state, late = again(), about_no_incident("digest:1", Act.NOTE, "report", "", "#data", "words", START, START)
    no, unclear, yes = (
        Outcome(Kind.NO, "busy"),
        Outcome(Kind.AMBIGUOUS, "no answer"),
        Outcome(Kind.YES, "ok", ref="1.2"),
    )
    with state.transaction() as tx:
        tx.pages.add([late])
        assert tx.pages.claim(late, START, START)
    [again_tried] = state.pages_due(START)
    with state.transaction() as tx:
        assert tx.pages.claim(again_tried, START, START + DAY)
        assert not tx.pages.settle(late, PageState.PENDING, no, START)
        assert not tx.pages.settle(late, PageState.UNCLEAR, unclear, START)
        assert tx.pages.settle(late, PageState.SENT, yes, START)
        assert not tx.pages.settle(again_tried, PageState.PENDING, no, START)
    [sent] = state.pages_of(late.page.dedup_key)
    assert (sent.state, sent.ref, sent.page.attempts) == (PageState.SENT, "1.2", 2)
