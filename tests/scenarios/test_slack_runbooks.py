"""A runbook in Slack: suggested on an incident, started, gone through in its thread, and not lost by a restart."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot.config.settings import Settings
from bot.domain.access import AccessPolicy, Actor, Origin, Role
from bot.domain.errors import BadInput
from bot.domain.incidents.incident import MessageRef
from bot.domain.incidents.response import ResponseState
from bot.domain.runbooks.run import RunState, StepState
from bot.guiding import guided
from bot.ports.directory import DirectoryUnavailable
from bot.services.access import Identities
from bot.services.runbooks import Deed, shown_of
from bot.views import incident as views
from tests.support.builders import NOW
from tests.support.notices import notice
from tests.support.rotas import PEOPLE
from tests.support.runbook_desk import Desk, desk_in
from tests.support.slack_bench import ALERTS, MONITOR, SAM, Bench, Message, play


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as made:
        yield made


async def posted(bench: Bench, desk: Desk) -> Message:
    """The incident's message, with the button."""
    found = desk.incident
    standing = desk.services.responses.standing(found.id, NOW)
    card = views.card(replace(notice(), incident=found, standing=standing, has_runbook=True))
    answer = await bench.app.client.chat_postMessage(channel=ALERTS, **card.payload())
    with desk.state.transaction() as tx:
        tx.incidents.set_message(found.id, MessageRef(ALERTS, str(answer["ts"])))
    return {"channel": ALERTS, "ts": answer["ts"]}


def shown(bench: Bench) -> Message:
    """The message of the run, in the incident's thread."""
    [found] = [each for each in bench.posts(ALERTS) if "RB-1" in each["text"]]
    return {"channel": ALERTS, **found}


async def press(bench: Bench, desk: Desk, step: int, deed: str, user: str = SAM, sees: str = "") -> Message | None:
    """A button of the run's message; what it brings to the one who presses it, if anything."""
    [grant] = [each.id for each in desk.state.runbooks.grants(desk.run().id) if each.step == step]
    assert grant in str(shown(bench)["blocks"])
    message = shown(bench)
    if sees:
        return await bench.press(message, f"runbook.{deed}", grant, user=user, sees=sees)
    answer = await bench.workspace.act(
        user, "action", channel=ALERTS, ts=message["ts"], action_id=f"runbook.{deed}", value=grant
    )
    assert answer["ok"], answer
    version = desk.run().version
    await bench.until(lambda: desk.run().version > version or desk.run().steps[step - 1].by or step == 0)
    return None


def test_from_the_incident_to_its_end(transport: str, desk: Desk) -> None:
    async def scenario(bench: Bench) -> None:
        nonlocal desk
        message = await posted(bench, desk)
        offered = await bench.press(message, "incident.more", f"runbook:{desk.incident.id}", sees="ephemeral")
        assert "A lost date: it is for zero records processor. 4 steps, data" in offered["text"]
        begun = await bench.press(offered, "runbook.start", sees="ephemeral")
        assert begun["text"].startswith("RB-1 is started: A lost date for Box 2026-01-15.")
        await desk.look(bench)
        card = shown(bench)
        assert card["thread_ts"] == message["ts"]
        assert "1 of 4 steps" in card["text"]
        assert "1. What does the evidence say? · processor_failed (expected ok)" in card["text"]
        assert "🔵 2. Look at the raw file." in card["text"]
        await press(bench, desk, 2, "done")
        await press_act(bench, desk)
        desk = desk.again()
        await desk.look(bench)
        [silence] = desk.state.silences(desk.now[0])
        assert (silence.processor, silence.reason, silence.by) == ("Box", "a date is lost", "Ben")
        await desk.look(bench)
        assert "0 (expected &gt; 0) · " in shown(bench)["text"]
        assert "asked again until" in shown(bench)["text"]
        desk.mend()
        desk.later(minutes=2)
        await desk.look(bench)
        assert desk.run().state is RunState.DONE
        assert "4. Rows are there · 318" in shown(bench)["text"]
        assert "Stop the runbook" not in str(shown(bench)["blocks"])
        found = await asyncio.to_thread(desk.board(bench).find, shown_of(desk.state, desk.run(), NOW))
        assert found == MessageRef(ALERTS, card["ts"])
        assert desk.told() == [
            "RB-1: Ana started the runbook A lost date for Box 2026-01-15",
            "RB-1: Step 1: What does the evidence say: processor_failed, not as expected (ok) "
            + desk.told()[1].partition(" (ok) ")[2],
            "RB-1: Ben: step 2 is done: Look at the raw file",
            "RB-1: Ben starts step 3: Keep it quiet meanwhile",
            "RB-1: Step 3, Keep it quiet meanwhile, by Ben: Box is silenced until 2026-01-20 14:00 UTC",
            "RB-1: Step 4: Rows are there: 318, as expected (> 0)",
            "RB-1: The runbook A lost date is done",
        ]
        assert len(desk.state.audit_of(f"incident:{desk.incident.id}")) >= len(desk.told())

    async def press_act(bench: Bench, desk: Desk) -> None:
        await desk.look(bench)
        await press(bench, desk, 3, "act")

    play(scenario, transport, desk.services)


def test_time_runs_out_and_more_people_are_paged(desk: Desk) -> None:
    async def scenario(bench: Bench) -> None:
        await posted(bench, desk)
        incident, ana = desk.incident, desk.services.responses.who(PEOPLE["Ana"], NOW)
        desk.services.responses.acknowledge(incident, ana, NOW, take_over=True)
        desk.services.runbooks.start("lost-date", ana, NOW, incident=incident)
        await desk.look(bench)
        desk.later(minutes=31)
        await desk.look(bench)
        await desk.look(bench)
        response = desk.state.response(incident.id)
        assert response is not None
        assert (response.state, response.step, response.next_at) == (ResponseState.OPEN, 1, desk.now[0])
        assert desk.told()[-1] == "RB-1: The runbook A lost date is not over after 31 min: more people are paged"
        assert "time was up" in shown(bench)["text"]

    play(scenario, "socket", desk.services)


def test_without_an_incident_it_is_shown_where_it_was_asked_for(desk: Desk) -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.ask("/runbook start lost-date box 2026-01-15", MONITOR, sees="ephemeral")
        assert answer["text"].startswith("RB-1 is started")
        await desk.look(bench)
        [card] = [each for each in bench.posts(MONITOR) if "RB-1" in each["text"]]
        assert "A lost date for Box 2026-01-15" in card["text"]
        again = await bench.ask("/runbook start lost-date box 2026-01-15", MONITOR, sees="ephemeral")
        assert "A lost date is running already: RB-1, started by Ana." in again["text"]
        listed = await bench.ask("/runbook", MONITOR, sees="ephemeral")
        assert "go-back · P1 A lost date" in listed["text"]
        assert "RB-1 runs: A lost date, started by Ana" in listed["text"]
        read = await bench.ask("/runbook raw file INC-1", MONITOR, sees="ephemeral")
        assert "Start for INC-1" in str(read["blocks"])
        assert "check verdict: expected ok, else continue" in read["text"]
        unknown = await bench.ask("/runbook lost-dote", MONITOR, sees="ephemeral")
        assert "No runbook fits 'lost-dote'. Did you mean lost-date?" in unknown["text"]
        for text, said in (
            ("start lost-dote INC-1", "There is no runbook 'lost-dote' now. Did you mean lost-date?"),
            ("start lost-date INC-1 now", "What does 'now' mean? Write `/runbook start lost-date INC-1`."),
            ("start lost-date Box 2030-01-01", "2030-01-01 lies ahead: today is "),
        ):
            refused = await bench.ask(f"/runbook {text}", MONITOR, sees="ephemeral")
            assert said in refused["text"]
        desk.later(minutes=31)
        await desk.look(bench)
        assert any("RB-1 took too long" in each.severity_reason for each in desk.state.open_incidents())

    play(scenario, "socket", desk.services)


def test_a_rollback_needs_a_second_person_who_approves(desk: Desk) -> None:
    async def scenario(bench: Bench) -> None:
        await posted(bench, desk)
        ana = desk.services.responses.who(PEOPLE["Ana"], NOW)
        desk.services.runbooks.start("go-back", ana, NOW, incident=desk.incident)
        await desk.look(bench)
        await press(bench, desk, 1, "act", user="U01ALEX")
        await desk.look(bench)
        assert "Ana" not in str(shown(bench)["blocks"]) or "Approve: Roll back" in str(shown(bench)["blocks"])
        refused = await press(bench, desk, 1, "act", user="U03JORDAN", sees="ephemeral")
        assert refused is not None
        assert "You are a responder: an approver can approve step 1 of RB-1" in refused["text"]
        await press(bench, desk, 1, "act", user=SAM)
        await desk.look(bench)
        assert "Not done: " in shown(bench)["text"]
        assert "was not done: " in desk.told()[-1]

    play(scenario, "socket", desk.services)


class Directory:
    """Ben has a second account, under the same address; what Slack does not say is unknown."""

    silent = False

    def origin(self, user: str) -> Origin:
        if self.silent and user != PEOPLE["Ben"]:
            raise DirectoryUnavailable("Slack did not answer")
        return Origin.MEMBER

    def email(self, user: str) -> str:
        return {PEOPLE["Ben"]: "ben@example.com", "U77": "Ben@Example.com"}.get(user, f"{user}@example.com")

    def members(self, group: str) -> frozenset[str]:
        raise AssertionError(group)


def test_who_asked_is_no_second_person_under_another_id(desk: Desk) -> None:
    directory, seconds = Directory(), [0.0]
    roles = dict.fromkeys((PEOPLE["Ben"], "U77", "U78"), Role.APPROVER)
    identities = Identities(AccessPolicy(Role.RESPONDER, roles), directory, lambda: seconds[0])
    guide = partial(guided, Settings(home=desk.folder, config=desk.folder / "config"), desk.state, identities)
    runbooks = replace(desk.services, guide=guide).runbooks
    ben, other, third = Actor(PEOPLE["Ben"], "Ben"), Actor("U77", "benny"), Actor("U78", "Cleo")
    run = runbooks.start("go-back", ben, NOW)
    [grant] = [each.id for each in desk.state.runbooks.grants(run.id) if each.step == 1]
    runbooks.press(grant, Deed.ACT, ben, NOW)
    with pytest.raises(BadInput, match="You asked for step 1: another person has to approve it"):
        runbooks.press(grant, Deed.ACT, other, NOW)
    directory.silent, seconds[0] = True, 7_200.0
    with pytest.raises(BadInput, match="I cannot tell who you are"):
        runbooks.press(grant, Deed.ACT, third, NOW)
    directory.silent, seconds[0] = False, 9_000.0
    assert runbooks.press(grant, Deed.ACT, third, NOW).steps[0].state is StepState.ACTING


def test_an_old_button_and_one_that_was_made_up(desk: Desk) -> None:
    async def scenario(bench: Bench) -> None:
        await posted(bench, desk)
        ana = desk.services.responses.who(PEOPLE["Ana"], NOW)
        desk.services.runbooks.start("go-back", ana, NOW, incident=desk.incident)
        await desk.look(bench)
        message = shown(bench)
        await press(bench, desk, 0, "stop")
        await bench.until(lambda: desk.run().state is RunState.STOPPED)
        late = await bench.press(message, "runbook.stop", sees="ephemeral")
        assert "RB-1 is stopped already." in late["text"]
        with pytest.raises(BadInput, match="of an older message"):
            desk.services.runbooks.press("made up", Deed.STOP, ana, NOW)

    play(scenario, "socket", desk.services)
