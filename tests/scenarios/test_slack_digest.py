"""The buttons of a digest: each shows what it is about to whoever pressed it, as it is then."""

from dataclasses import replace

from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.views import daily_report
from tests.support import report_cards
from tests.support.response_bench import response
from tests.support.slack_bench import ALERTS, Bench, Message, play


async def posted(bench: Bench, state: FakeState) -> Message:
    """A digest about the one incident that is open."""
    incident = state.incident(response(state).incident)
    assert incident is not None
    made = report_cards.digest()
    assert made.incidents is not None
    [about] = made.incidents
    card = daily_report.card(replace(made, incidents=(replace(about, incident=incident),)))
    answer = await bench.app.client.chat_postMessage(channel=ALERTS, **card.payload())
    return {"channel": ALERTS, "ts": answer["ts"]}


def test_each_button_shows_what_it_is_about(transport: str, watched: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        message = await posted(bench, state)
        shown = await bench.press(message, "report.incident", sees="ephemeral")
        assert shown["text"].startswith("INC-1 ")
        gone = await bench.press(message, "report.health", sees="ephemeral")
        assert gone["text"] == "There is no processor 'TeamSummary'. Did you mean Summary?"
        refused = await bench.press(message, "report.impact", sees="ephemeral")
        assert "NbacGamebookProcessor" in refused["text"]

    play(scenario, transport, watched)


def test_who_is_on_call_is_told(transport: str, watched: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        card = report_cards.messages()["digest_late_gap"]
        answer = await bench.app.client.chat_postMessage(channel=ALERTS, **card.payload())
        shown = await bench.press({"channel": ALERTS, "ts": answer["ts"]}, "report.oncall", sees="ephemeral")
        assert "Chris" in shown["text"]

    play(scenario, transport, watched)
