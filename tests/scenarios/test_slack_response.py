"""Taking an incident in Slack: the buttons, the command, and who is asked whether they take over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.clock import monotonic_seconds
from bot.adapters.directory import SlackDirectory
from bot.domain.access import AccessPolicy, Actor, Role, Way
from bot.domain.escalation.pages import Targets
from bot.domain.escalation.simulation import simulated
from bot.domain.gate.memory import GateResult
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.response import ResponseState, opened
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.ports.fakes.state import FakeState
from bot.services.access import Identities, NotYours
from bot.services.app import AppServices
from bot.services.responses import ResponseService, StillWrong
from bot.services.retrospect import RetrospectService
from bot.slack.allowance import Allowance
from tests.support.builders import DAY, NOW
from tests.support.pager import queued
from tests.support.response_bench import LOST, response, told
from tests.support.rotas import PEOPLE, PLAN
from tests.support.slack_bench import ALERTS, ALEX, SOON_S, Bench, Message, play

CHRIS = PEOPLE["Chris"]
"""Has the turn of NOW."""


def test_who_is_on_call_takes_it_with_one_tap(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        await bench.workspace.act(CHRIS, "action", **message, action_id="incident.acknowledge")
        await bench.until(lambda: response(state).state is ResponseState.ACKNOWLEDGED)
        assert response(state).owner == "Chris"

    play(scenario, transport, watched)


@pytest.mark.parametrize(("what", "shows"), [("evidence", "INC-1"), ("sql", "FROM runs")])
def test_the_rest_is_behind_the_dots(
    transport: str, watched: AppServices, state: FakeState, what: str, shows: str
) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        [opened] = state.open_incidents()
        chosen = f"{what}:{opened.id}"
        assert shows in str(await bench.press(message, "incident.more", chosen, sees="view_updated"))

    play(scenario, transport, watched)


def test_somebody_else_is_told_whose_pages_would_stop(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        asked = await bench.press(message, "incident.acknowledge", user=ALEX, sees="ephemeral")
        assert "stop the pages to Chris" in asked["text"]
        assert response(state).state is ResponseState.OPEN
        await bench.press(asked, "incident.take_over", user=ALEX, sees="ephemeral_changed")
        assert (response(state).state, response(state).owner) == (ResponseState.ACKNOWLEDGED, "Ana")

    play(scenario, transport, watched)


async def reply(bench: Bench, message: Message, text: str, user: str, sees: str = "message") -> Message:
    """What a person saw after writing that below a message."""
    core, before = bench.workspace.core, bench.workspace.core.screens.seq(user)
    said = {"channel": message["channel"], "thread_ts": message["ts"], "text": text}
    assert (await bench.workspace.act(user, "post", **said))["ok"]
    own = 1 if sees == "message" else 0

    def seen() -> list[Message]:
        shown = [push for push in core.screens.since(user, before) if push["type"] == sees]
        return shown[own:]

    [push, *_] = await bench.until(seen)
    return {"channel": message["channel"], **push["message"]}


@pytest.mark.parametrize("word", ["ack", " Acknowledged ", "On it", "Ack.", "on it!"])
def test_a_reply_in_the_thread_takes_it(transport: str, watched: AppServices, state: FakeState, word: str) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        answer = await reply(bench, message, word, CHRIS)
        assert answer["text"].startswith("INC-1: Chris has it until ")
        assert answer["thread_ts"] == message["ts"]
        assert (response(state).state, response(state).owner) == (ResponseState.ACKNOWLEDGED, "Chris")
        await reply(bench, message, "ack", CHRIS)
        [once] = [each for each in state.entries if each.kind is EntryKind.ACKNOWLEDGED]
        assert once.actor == f"slack:{CHRIS}"

    play(scenario, transport, watched)


def test_who_was_not_paged_is_asked_below_the_message(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        asked = await reply(bench, message, "ack", ALEX, sees="ephemeral")
        assert "stop the pages to Chris" in asked["text"]
        assert response(state).state is ResponseState.OPEN

    play(scenario, transport, watched)


def test_whoever_just_watches_changes_nothing(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.press(await told(bench, state), "incident.acknowledge", user=ALEX, sees="ephemeral")
        left = await bench.press(asked, "incident.watch", user=ALEX, sees="ephemeral_changed")
        assert "You watch INC-1: nothing was changed" in left["text"]
        assert response(state).state is ResponseState.OPEN

    play(scenario, transport, watched)


def test_nothing_else_that_is_said_takes_it(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        other = await bench.app.client.chat_postMessage(channel=ALERTS, text="lunch?")
        core = bench.workspace.core
        for below, text in ((message["ts"], "ack?"), (message["ts"], "I am not on it"), (other["ts"], "ack")):
            await bench.workspace.act(CHRIS, "post", channel=ALERTS, thread_ts=below, text=text)
        await bench.workspace.act(CHRIS, "post", channel=ALERTS, text="ack")
        for _ in range(40):
            await bench.workspace.act(CHRIS, "post", channel=ALERTS, text="so many words")
        assert "has it" in (await reply(bench, message, "ack", CHRIS))["text"]
        assert len(bench.posts(ALERTS)) == 3
        assert not core.ephemerals.of(CHRIS, ALERTS)

    play(scenario, transport, watched, allowance=Allowance(lambda: 0.0))


def test_a_reply_to_the_page_itself_takes_it(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        direct = await bench.direct(CHRIS)
        page = await bench.app.client.chat_postMessage(channel=direct, text="P0 INC-1")
        sent = queued("p1", of=response(state), person="Chris")
        state.page_by_id["p1"] = replace(sent, ref=f"{direct}:{page['ts']}")
        answer = await reply(bench, {"channel": direct, "ts": page["ts"]}, "ack", CHRIS)
        assert "Chris has it" in answer["text"]

    play(scenario, transport, watched)


def test_a_role_is_that_of_slacks_own_groups_at_the_click(
    transport: str, watched: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        directory = SlackDirectory(bench.workspace.credentials.bot_token, bench.workspace.api_url)

        def given(roles: dict[str, Role]) -> None:
            identities = Identities(AccessPolicy(Role.VIEWER, roles), directory, monotonic_seconds)
            watched.responses = ResponseService(state, lambda _: PLAN, identify=identities)

        message = await told(bench, state)
        given({"S01ONCALL": Role.VIEWER})
        refused = await bench.press(message, "incident.acknowledge", user=ALEX, sees="ephemeral")
        assert "You are a viewer: a responder can acknowledge an incident" in refused["text"]
        assert response(state).state is ResponseState.OPEN
        given({"S01ONCALL": Role.RESPONDER})
        await bench.workspace.act(ALEX, "action", **message, action_id="incident.acknowledge")
        await bench.until(lambda: response(state).owner == "Ana")
        assert [link.record.actor for link in state.links] == ["fireline", f"slack:{ALEX}"]

    play(scenario, transport, watched)


def test_an_old_button_says_what_has_changed_since(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        await bench.ask("/incident INC-1 ack", user=CHRIS, sees="ephemeral")
        late = await bench.press(message, "incident.acknowledge", user=ALEX, sees="ephemeral")
        assert late["text"].startswith("INC-1 has changed since that button was made: Chris has it (2026-")
        assert late["text"].endswith("It is acknowledged now.")
        assert response(state).owner == "Chris"
        assert len([each for each in state.entries if each.kind is EntryKind.ACKNOWLEDGED]) == 1

    play(scenario, transport, watched)


def test_a_button_of_an_earlier_episode_changes_nothing_and_its_card_is_redrawn(
    transport: str, watched: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        old = await told(bench, state)
        before = response(state)
        policy = EscalationPolicy().of(before.severity)
        with state.transaction() as tx:
            tx.responses.put(opened(before.incident, before.severity, policy, NOW, before))
            tx.responses.note([Entry(before.incident, NOW, EntryKind.OPENED, "It began again as P0")])
        await told(bench, state)
        redrawn = await bench.press(old, "incident.acknowledge", user=CHRIS)
        assert "It is open." in redrawn["text"]
        assert "has changed since" in bench.whispers(ALERTS, CHRIS)[-1]["text"]
        assert response(state).state is ResponseState.OPEN

    play(scenario, transport, watched)


def test_a_card_of_an_older_release_goes_on_working(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        state.grant_by_id.clear()
        message = await told(bench, state)
        await bench.workspace.act(CHRIS, "action", **message, action_id="incident.acknowledge")
        await bench.until(lambda: response(state).owner == "Chris")

    play(scenario, transport, watched)


def test_without_a_click_the_command_takes_it(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.ask("/incident INC-1 ack", user=CHRIS, sees="ephemeral")
        assert "Chris has it" in answer["text"]
        assert response(state).state is ResponseState.ACKNOWLEDGED
        again = await bench.ask("/incident inc-1", user=CHRIS, sees="ephemeral")
        assert "It began as P0" in again["text"]
        done = await bench.ask("/incident 1 mitigated", user=CHRIS, sees="ephemeral")
        assert "It is mitigated" in done["text"]

    play(scenario, transport, watched)


def test_only_the_data_or_a_reason_resolves_it(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        refused = await bench.ask("/incident INC-1 resolve", user=CHRIS, sees="ephemeral")
        assert "the data is not right yet" in refused["text"]
        assert "Summary 2026-01-15: " in refused["text"]
        assert response(state).state is ResponseState.OPEN
        done = await bench.ask("/incident INC-1 resolve the source lost it <!here>", user=CHRIS, sees="ephemeral")
        assert "Resolved by Chris" in done["text"]
        assert "though 1 date is not right: the source lost it &lt;!here&gt;" in done["text"]

    watched.responses = ResponseService(state, lambda _: PLAN, lambda *_: ["Summary 2026-01-15: the table is empty"])
    play(scenario, transport, watched)


def test_what_is_right_resolves_without_a_reason(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.ask("/incident INC-1 handover Ana", user=CHRIS, sees="ephemeral")
        assert (response(state).state, response(state).owner) == (ResponseState.ACKNOWLEDGED, "Ana")
        nobody = await bench.ask("/incident INC-1 handover Anna", user=CHRIS, sees="ephemeral")
        assert "'Anna' is not among the people of oncall.yaml" in nobody["text"]
        for said, owner in (("@ben", "Ben"), (f"<@{PEOPLE['Dana']}|dana>", "Dana"), ("aNA", "Ana")):
            await bench.ask(f"/incident INC-1 handover {said}", user=CHRIS, sees="ephemeral")
            assert response(state).owner == owner
        for said, why in (("", "To whom? Name a person. Known: Ana, Ben"), ("<@U0NOBODY>", "add the Slack member id")):
            assert why in (await bench.ask(f"/incident INC-1 handover {said}", user=CHRIS, sees="ephemeral"))["text"]
        done = await bench.ask("/incident INC-1 resolve", user=CHRIS, sees="ephemeral")
        assert "Resolved by Chris" in done["text"]

    watched.responses = ResponseService(state, lambda _: PLAN, watched.incidents.still_wrong)
    play(scenario, transport, watched)


def test_the_data_is_asked_of_each_date_and_of_what_waits_for_it(watched: AppServices, state: FakeState) -> None:
    [opened] = state.open_incidents()
    missing = replace(
        opened, data_dates=(DAY - timedelta(days=1),), headline=replace(LOST, data_date=DAY - timedelta(days=1))
    )
    state.commit(NOW + timedelta(minutes=1), GateResult((), (), (replace(missing, impact=("Summary",)),)), 1)
    wrong = watched.incidents.still_wrong(opened.id, NOW)
    assert [line.split(":")[0] for line in wrong] == ["Summary 2026-01-14"]


def test_a_reason_is_kept_as_typed_and_without_secrets(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.ask("/incident INC-1 resolve a < b & password=Hunter2x9", user=CHRIS, sees="ephemeral")
        assert state.entries[-1].text.endswith("a < b & password=[redacted]")
        await bench.ask("/incident INC-1 reopen c > d, token=Hunter2x9", user=CHRIS, sees="ephemeral")
        assert state.entries[-1].text == "Chris reopened it: c > d, token=[redacted]"

    people = ResponseService(state, lambda _: PLAN, lambda *_: ["Box: not right"])
    with pytest.raises(StillWrong):
        people.resolve(people.incident("INC-1"), Actor("chris", "Chris", Way.TERMINAL), NOW, " \t ")
    watched.responses = people
    play(scenario, transport, watched)


def test_whoever_gets_a_mitigated_incident_is_not_paged_for_it(state: FakeState) -> None:
    people = ResponseService(state, lambda _: PLAN)
    incident, chris = people.incident("INC-1"), Actor("chris", "Chris", Way.TERMINAL)
    people.acknowledge(incident, chris, NOW)
    people.mitigate(incident, chris, NOW)
    given = people.hand_over(incident, chris, "Ben", NOW)
    assert (given.state, given.owner, given.next_at) == (ResponseState.MITIGATED, "Ben", None)
    late = people.acknowledge(incident, chris, NOW)
    assert (late.state, late.owner, late.next_at) == (ResponseState.MITIGATED, "Chris", None)


@pytest.mark.parametrize("silent", ["Chris", "Ben", "Dana", ""])
def test_the_card_names_whom_the_engine_would_reach(state: FakeState, silent: str) -> None:
    """Who has no address is passed over: the next step comes at once."""
    targets: Targets = lambda _, person: None if person.name == silent else "address"  # noqa: E731 (read in one line)
    people = ResponseService(state, lambda _: PLAN, targets=targets)
    incident = people.incident("INC-1")
    standing, has = people.standing(incident.id, NOW), state.response(incident.id)
    assert standing is not None
    assert has is not None
    reached = [
        (each.at, tuple(dict.fromkeys(person for person, _ in each.ways)))
        for each in simulated(has.severity, has.ladder, PLAN, targets, NOW)
        if each.ways
    ]
    said = [(each.at, each.people) for each in standing.coming]
    assert said == reached[: len(said)] != []
    with pytest.raises(NotYours, match=f"stop the pages to {' and '.join(said[0][1])}\\.$"):
        people.acknowledge(incident, Actor("zoe", "Zoe", Way.TERMINAL), NOW)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Which incident?"),
        ("INC-99", "There is no incident 'INC-99'"),
        ("INC-1 close", "I do not know 'close'"),
    ],
)
def test_what_makes_no_sense(transport: str, watched: AppServices, typed: str, said: str) -> None:
    async def scenario(bench: Bench) -> None:
        answer = await bench.ask(f"/incident {typed}".strip(), sees="ephemeral")
        assert said in answer["text"]

    play(scenario, transport, watched)


def test_what_is_open_and_what_happened(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        listed = await bench.ask("/incident list", user=CHRIS, sees="ephemeral")
        assert listed["text"].startswith("INC-1 P0 ")
        assert "Next: Chris" in listed["text"]
        await bench.ask("/incident INC-1 ack", user=CHRIS, sees="ephemeral")
        for typed in ("/incident timeline INC-1", "/incident INC-1 timeline"):
            told = await bench.ask(typed, user=ALEX, sees="ephemeral")
            assert "Chris has it" in told["text"]
        counted = await bench.ask("/incident figures 7d", sees="ephemeral")
        assert "MTTA" in counted["text"]
        refused = await bench.ask("/incident figures soon", sees="ephemeral")
        assert "'soon' is no number of days" in refused["text"]
        refused = await bench.ask("/incident shadow soon", sees="ephemeral")
        assert "'soon' is no number of days. Write `/incident shadow 7d`." in refused["text"]
        apart = await bench.ask("/incident shadow", sees="ephemeral")
        assert apart["text"].startswith("Nothing is in shadow, and nothing was in the last 7 days.")

    watched.retrospect = RetrospectService(state)
    play(scenario, transport, watched)


def test_the_draft_of_a_postmortem_is_a_file_in_the_thread(
    transport: str, watched: AppServices, state: FakeState
) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.ask("/incident INC-1 resolve the source has lost it", user=CHRIS, sees="ephemeral")
        message = await told(bench, state)
        await bench.workspace.act(CHRIS, "action", **message, action_id="incident.postmortem")
        [posted] = await bench.until(lambda: [each for each in bench.posts(ALERTS) if each.get("files")])
        assert posted["thread_ts"] == message["ts"]
        assert posted["files"][0]["name"] == "INC-1-postmortem.md"
        again = await bench.ask("/incident INC-1 reopen it is empty again", user=CHRIS, sees="ephemeral")
        assert "Chris reopened it: it is empty again" in again["text"]
        twice = await bench.ask("/incident INC-1 reopen", user=CHRIS, sees="ephemeral")
        assert "Say why INC-1 is not over" in twice["text"]

    watched.retrospect = RetrospectService(state)
    play(scenario, transport, watched)


def test_a_message_becomes_a_line_of_the_timeline(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        core = bench.workspace.core
        said = {"channel": ALERTS, "text": "The vendor is down <!here>, password=hunter22 works"}
        assert (await bench.workspace.act(PEOPLE["Ben"], "post", **said))["ok"]
        [ts] = core.store.rows("SELECT max(ts) FROM messages WHERE channel = ?", ALERTS)[0]
        for _ in range(2):
            before = core.screens.seq(ALEX)
            await bench.workspace.act(ALEX, "shortcut", callback_id="incident.add", channel=ALERTS, ts=ts)
            await core.screens.wait_for(ALEX, before, frozenset({"view_opened"}), SOON_S)
            [shown] = [push for push in core.screens.since(ALEX, before) if push["type"] == "view_opened"]
            await bench.submit(shown["view"], {"incident": "INC-1"})
        [entry] = await bench.until(lambda: [each for each in state.entries if each.kind is EntryKind.NOTE])
        quoted = "The vendor is down <!here>, password=[redacted] works"
        assert entry.text.startswith(f"Ana added what Ben wrote: {quoted} (")
        assert f"/archives/{ALERTS}/p{ts.replace('.', '')})" in entry.text

    play(scenario, transport, watched)


def test_without_an_open_incident_the_shortcut_says_so(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        message = await told(bench, state)
        await bench.ask("/incident INC-1 resolve the source has lost it", user=CHRIS, sees="ephemeral")
        before = bench.workspace.core.screens.seq(ALEX)
        await bench.workspace.act(ALEX, "shortcut", callback_id="incident.add", **message)
        await bench.until(lambda: "No incident is open" in str(bench.workspace.core.screens.since(ALEX, before)))

    play(scenario, transport, watched)
