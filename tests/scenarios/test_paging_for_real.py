"""A P0 whose answers get lost, or whose process stands still: each person is told once by each way."""

from dataclasses import replace

import pytest

from bot.adapters.pages.phone import Voice
from bot.adapters.pages.slack import SlackDirect
from bot.adapters.pages.twilio import Account
from bot.domain.delivery import PageState
from bot.domain.incidents.incident import Incident
from bot.domain.oncall.on_call import on_call
from tests.support.gate_story import START, finding
from tests.support.page_endpoints import endpoint, twilio
from tests.support.pager import FakePager, PagedStory, queued
from tests.support.rotas import PLAN
from tests.support.slack_thread import beside

LOST = finding("Gamebook", severity="P0", impact=("Summary",))
PHONES = replace(PLAN, people=tuple(replace(each, phone=f"+1555010{n}") for n, each in enumerate(PLAN.people)))
FAULTS = {"reset": "reset", "taken, then reset": "reset_after", "a limit": "rate_limited", "its fault": "status"}
"""On the phone's side, and the same on Slack's."""


@pytest.mark.parametrize(("of_phone", "of_slack"), FAULTS.items(), ids=FAULTS)
def test_a_page_whose_answer_got_lost_arrives_once(of_phone: str, of_slack: str) -> None:
    with beside() as slack, endpoint(twilio) as phones:
        phones.clock, phones.fault = START, of_phone
        slack.ask(lambda made: made.core.faults.add(of_slack, method="chat.postMessage"))
        story = PagedStory(START, plan=PHONES)
        voice = Voice(Account("AC1", "hush", "+15550100", phones.address))
        direct = SlackDirect(slack.workspace.credentials.bot_token, slack.workspace.api_url)
        story.pagers = (direct, voice)  # type: ignore[assignment]
        story.restart()
        story.held = [LOST]
        story.look()
        phones.fault = ""
        story.restart()
        story.fast_forward(1)
        primary = PHONES.by_name[on_call(PHONES, "primary", START).person]
        bot = slack.workspace.identity.bot_user_id
        channel, _ = slack.ask(lambda made: made.core.channels.direct(bot, primary.slack, made.core.now()))
        assert len(slack.messages(channel["id"])) == 1
        assert [call["to"] for call in phones.listed] == [primary.phone]
    response = story.state.response(story.incident.id)
    assert response is not None
    assert {each.state for each in story.state.pages_of(response.dedup_key)} == {PageState.SENT}


def test_a_call_whose_answer_got_lost_is_found_behind_a_later_one_to_the_same_phone() -> None:
    """Each by another process: none of them remembers whose a call is."""
    with endpoint(twilio) as phones:
        story, phones.clock = PagedStory(START, plan=PHONES), START

        def another_process(fault: str) -> None:
            phones.fault = fault
            story.pagers = (Voice(Account("AC1", "hush", "+15550100", phones.address)),)  # type: ignore[assignment]
            story.restart()

        for fault, name in (("taken, then reset", "Gamebook"), ("", "Raw01")):
            another_process(fault)
            story.held.append(finding(name, severity="P0"))
            story.stand_still(0.02)
            story.look()
        another_process("")
        story.fast_forward(1)
        assert len(phones.listed) == 2
    assert story.state.pages_unsent() == []


@pytest.mark.parametrize("sees", [True, False])
def test_who_stood_still_since_the_claim_sends_nothing(monkeypatch: pytest.MonkeyPatch, *, sees: bool) -> None:
    """Another process has sent it meanwhile: it can be seen, or not yet."""
    story = PagedStory(START, FakePager("slack"))
    story.held = [LOST]
    story.look()
    frozen, read, slack = story.paging, story.state.incident, FakePager("slack", sees=sees)
    story.pagers = (slack,)
    story.restart()
    frozen.renew([slack])

    def stands_still(name: str) -> Incident | None:
        monkeypatch.setattr(story.state, "incident", read)
        story.stand_still(0.75)
        story.paging.deliver()
        return read(name)

    with story.state.transaction() as tx:
        tx.pages.add([queued("p", of=story.state.response(story.incident.id))])
    monkeypatch.setattr(story.state, "incident", stands_still)
    frozen.deliver()
    story.fast_forward(1)
    assert [page.id for page in slack.tries] == ["p"]
