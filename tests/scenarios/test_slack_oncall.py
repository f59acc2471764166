"""Who is on call, in Slack: the answer, and a cover from the request to the swap. It is Chris's week."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.access import Actor, Identity, Origin, Role
from bot.domain.oncall.covers import CoverState
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.oncall import OncallService
from tests.support.builders import NOW
from tests.support.rotas import PEOPLE, PLAN, eastern
from tests.support.slack_bench import ALEX, Bench, Message, play, small_history

BEN, CHRIS, DANA = PEOPLE["Ben"], PEOPLE["Chris"], PEOPLE["Dana"]
"""Chris has the turn, Ben is asked."""
BEGIN = NOW + timedelta(hours=2)
ENTERED: dict[str, Any] = {
    "rota": "primary",
    "person": BEN,
    "since": int(BEGIN.timestamp()),
    "until": int((BEGIN + timedelta(hours=8)).timestamp()),
    "reason": "dentist <!channel>",
}


WRONG_OVERRIDES = {
    "": "Write `primary @ben",
    "primary": "'primary' does not say who, from when and until when",
    "primary @ben": "does not say who",
    "nobody now 8h": "'nobody' is no person and no rota",
    "primary now 8h": "'primary' names no person",
    "@ben 2026-01-30 18:00 to 2026-01-29 09:00": "ends before it begins",
    "@ben 2020-01-20 to 2020-01-21": "That time is over",
    "@ben 2026-02-30 8h": "'2026-02-30' is not a moment",
    "@ben now 40d": "31 days at most",
}


def responder(_: Actor) -> Identity:
    return Identity(Origin.MEMBER, Role.RESPONDER, named=True)


@pytest.fixture
def state() -> FakeState:
    return FakeState()


@pytest.fixture
def staffed(state: FakeState, tmp_path: Path) -> Iterator[AppServices]:
    with small_history(tmp_path) as services:
        yield replace(services, oncall=OncallService(PLAN, state, responder))


async def ask_for_cover(bench: Bench, **changes: Any) -> dict[str, Any]:
    """Chris, who has the turn, fills in the form."""
    message = await bench.ask("/oncall", user=CHRIS)
    opened = await bench.press(message, "oncall.ask", user=CHRIS, sees="view_opened")
    return await bench.submit(opened, {**ENTERED, **changes}, user=CHRIS)


async def last_direct(bench: Bench, user: str, says: str) -> Message:
    """The newest message to a person, once it says that."""
    channel = await bench.direct(user)
    found = await bench.until(lambda: [one for one in bench.posts(channel) if says in one["text"]])
    return {"channel": channel, **found[-1]}


def test_whose_turn_it_is_and_who_comes_next(transport: str, staffed: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.ask("/oncall")
        assert answer["text"].splitlines() == [
            "On call",
            "primary: Chris until Mon 26 Jan 09:00 EST, then Ana.",
            "secondary: Ben until Mon 26 Jan 09:00 EST, then Chris (had the turn before).",
            "manager: Dana.",
        ]
        assert "<@" not in str(answer["blocks"])
        later = await bench.ask("/oncall 2026-01-26 09:00")
        assert "primary: Ana until Mon 2 Feb" in later["text"]

    play(scenario, transport, staffed)


def test_words_of_the_command_show_the_same_or_open_the_form(transport: str, staffed: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        for word in ("schedule", "Gaps"):
            assert (await bench.ask(f"/oncall {word}"))["text"].startswith("On call\nprimary: Chris until")
        opened = await bench.ask("/oncall cover", user=CHRIS, sees="view_opened")
        assert not (await bench.submit(opened, ENTERED, user=CHRIS)).get("errors")
        begin, end = "2026-01-22 18:00", "2026-01-23 09:00"
        filled = await bench.ask(f"/oncall cover ben {begin} to {end} dentist", user=CHRIS, sees="view_opened")
        shown = {block["block_id"]: block["element"] for block in filled["blocks"] if "element" in block}
        assert (shown["person"]["initial_user"], shown["reason"]["initial_value"]) == (BEN, "dentist")
        times = [shown[name]["initial_date_time"] for name in ("since", "until")]
        assert times == [eastern(2026, 1, 22, 18).timestamp(), eastern(2026, 1, 23, 9).timestamp()]
        wrong = await bench.ask("/oncall cover @ben tomorrow", user=CHRIS, sees="ephemeral")
        assert "does not say who, from when and until when" in wrong["text"]
        for typed, said in WRONG_OVERRIDES.items():
            assert said in (await bench.ask(f"/oncall override {typed}", sees="ephemeral"))["text"], typed

    play(scenario, transport, staffed)


def test_a_cover_is_asked_for_accepted_and_in_force(transport: str, staffed: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        assert "errors" not in await ask_for_cover(bench)
        request = await last_direct(bench, BEN, "Chris asks Ben to be primary")
        assert "dentist &lt;!channel&gt;" in str(request["blocks"])
        assert "Chris stays on call" in request["text"]
        await bench.press(request, "oncall.accept", user=BEN)
        await last_direct(bench, CHRIS, "accepted")
        [cover] = state.covers(NOW)
        assert cover.state is CoverState.ACCEPTED
        answer = await bench.ask("/oncall 2026-01-20 12:00")
        assert "primary: Ben" in answer["text"]
        assert "covers, as agreed instead of Chris" in answer["text"]

    play(scenario, transport, staffed)


def test_an_override_holds_at_once_and_whom_it_concerns_is_told(
    transport: str, staffed: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        said = await bench.ask(f"/oncall override primary <@{BEN}|ben> now 8h Chris is <ill>", user=DANA)
        assert said["text"].startswith("Dana puts Ben on call as primary, instead of Chris: ")
        assert "Reason: Chris is &lt;ill&gt;" in said["text"]
        for told in (BEN, CHRIS):
            await last_direct(bench, told, "Dana puts Ben on call as primary")
        answer = await bench.ask("/oncall")
        assert "primary: Ben" in answer["text"]
        assert "by an override instead of Chris: Chris is &lt;ill&gt;" in answer["text"]
        again = await bench.ask(f"/oncall override <@{BEN}> now 8h", user=DANA, sees="ephemeral")
        assert "Ben has that turn already" in again["text"]
        [cover] = state.covers(NOW)
        assert (cover.state, cover.until - cover.since) == (CoverState.ACCEPTED, timedelta(hours=8))
        await bench.press(said, "oncall.withdraw", user=DANA)
        for told in (BEN, CHRIS):
            assert (await last_direct(bench, told, "withdrawn"))["text"].endswith("The turn is with Chris.")
        assert "primary: Chris" in (await bench.ask("/oncall"))["text"]

    play(scenario, transport, staffed)


def test_others_are_put_on_call_by_an_approver(transport: str, staffed: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        refused = await bench.ask(f"/oncall override <@{BEN}> now 8h", user=CHRIS, sees="ephemeral")
        assert "approver" in refused["text"]
        assert not state.covers(NOW)
        taken = await bench.ask("/oncall override ben 2026-01-20 18:00 to 2026-01-21 09:00", user=BEN)
        assert "instead of Chris" in taken["text"]

    play(scenario, transport, replace(staffed, oncall=OncallService(PLAN, state, responder, Role.APPROVER)))


def test_who_has_no_slack_id_is_put_on_call_by_nobody_and_called(
    transport: str, staffed: AppServices, state: FakeState
) -> None:
    people = tuple(replace(each, slack="") if each.name in ("Ana", "Chris") else each for each in PLAN.people)

    async def scenario(bench: Bench) -> None:
        refused = await bench.ask("/oncall override ana now 8h", user=DANA, sees="ephemeral")
        assert "Ana has no Slack member id in oncall.yaml" in refused["text"]
        put = await bench.ask("/oncall override ben now 8h", user=DANA)
        assert "Slack did not take the message to Chris: call them." in put["text"]

    service = OncallService(replace(PLAN, people=people), state, responder)
    play(scenario, transport, replace(staffed, oncall=service))


def test_whoever_comes_second_is_told_what_it_has_become(transport: str, staffed: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        await ask_for_cover(bench)
        request = await last_direct(bench, BEN, "Chris asks Ben")
        withdrawal = await last_direct(bench, CHRIS, "was asked directly")
        await bench.press(withdrawal, "oncall.withdraw", user=CHRIS)
        await bench.press(request, "oncall.accept", user=BEN, sees="ephemeral")
        [said] = bench.whispers(request["channel"], BEN)
        assert "withdrawn already" in said["text"]

    play(scenario, transport, staffed)


def test_what_makes_no_sense_is_said_in_the_form(transport: str, staffed: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        past = int((NOW - timedelta(hours=3)).timestamp())
        refused = await ask_for_cover(bench, since=past - 60, until=past)
        assert "That time is over" in str(refused["errors"])
        stranger = await ask_for_cover(bench, person=ALEX, rota="manager")
        assert "Dana has" in str(stranger["errors"])
        assert state.covers(NOW) == []

    play(scenario, transport, staffed)


def test_without_a_rota_the_answer_says_what_to_do(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.ask("/oncall", sees="ephemeral")
        assert "There is no oncall.yaml" in answer["text"]

    play(scenario, transport, services)
