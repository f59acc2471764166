"""Fireline hears in Slack what it says there itself, and tells when it does not."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

import pytest

from bot.adapters.notify.slack_echo import SlackEcho
from bot.domain.delivery import Act
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.ports.echo import EchoUnavailable
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.deaf_alarm import DeafAlarm
from bot.services.echo import EVERY_S, FIRST_S, WITHIN_S, Deaf, Echo, hear
from tests.support.gate_story import START
from tests.support.pager import FakePager, PagedStory
from tests.support.rotas import PLAN
from tests.support.slack_bench import ALERTS, Bench, play


@dataclass
class Spoken:
    """A channel that is heard at once, unless `heard` says otherwise."""

    state: FakeState
    heard: Callable[[str], bool] = lambda _: True
    there: list[str] = field(default_factory=list)
    posts: int = 0

    def post(self, text: str) -> str:
        self.posts += 1
        self.there.append(text)
        if self.heard(text):
            hear(self.state, text)
        return text

    def remove(self, ref: str) -> None:
        self.there.remove(ref)


class Story:
    def __init__(self, state: FakeState | None = None, name: str = "me") -> None:
        self.state, self.at_s, self.mine = state or FakeState(), 0.0, True
        self.channel = Spoken(self.state)
        self.echo = Echo(self.state, self.channel, name, lambda: self.mine, lambda: self.at_s, lambda: START)

    def until(self, at_s: float) -> None:
        while self.at_s < at_s:
            self.at_s += 2
            self.echo.look()


def test_what_is_heard_is_asked_for_every_five_minutes_and_leaves_nothing_behind() -> None:
    story = Story()
    story.until(FIRST_S + 2 * EVERY_S + 10)
    assert story.channel.posts == 3
    assert story.channel.there == []
    assert not story.echo.anew.is_set()


def test_after_the_first_that_is_not_heard_the_connection_is_made_anew_and_that_may_be_enough() -> None:
    story = Story()
    story.channel.heard = lambda _: story.echo.anew.is_set()
    story.until(FIRST_S + WITHIN_S + 10)
    assert (story.channel.posts, story.channel.there, story.echo.is_deaf) == (2, [], False)


def test_who_is_deaf_says_so_until_it_hears_again() -> None:
    story = Story()
    story.channel.heard = lambda _: False
    with pytest.raises(Deaf, match=r"Nothing .* since 06:00 UTC: clicks, .* `fireline incident ack`"):
        story.until(FIRST_S + 3 * WITHIN_S)
    with pytest.raises(Deaf):
        story.until(story.at_s + 10)
    story.channel.heard = lambda _: True
    for _ in range(40):
        story.at_s += 2
        try:
            story.echo.look()
        except Deaf:
            continue
        break
    assert not story.echo.is_deaf
    assert story.channel.there == []


def test_a_channel_that_takes_no_message_is_as_good_as_deaf() -> None:
    story = Story()

    def refuse(_text: str) -> bool:
        raise EchoUnavailable("#echo: not_in_channel")

    story.channel.heard = refuse
    with pytest.raises(Deaf, match=r"Fireline cannot post to its echo channel: #echo: not_in_channel\."):
        story.until(FIRST_S + 3 * WITHIN_S)


def test_what_another_process_or_an_earlier_time_has_said_is_no_echo() -> None:
    story = Story()
    story.channel.heard = lambda _: False
    story.until(FIRST_S)
    [text] = story.channel.there
    for other in (text.replace("me", "you"), text[:-1] + "7", "fireline echo"):
        hear(story.state, other)
    with pytest.raises(Deaf):
        story.until(FIRST_S + 3 * WITHIN_S)


def test_only_the_process_whose_turn_it_is_speaks() -> None:
    first = Story()
    second = Story(first.state, "other")
    second.mine = False
    first.until(FIRST_S + 10)
    second.until(FIRST_S + 10)
    assert (first.channel.posts, second.channel.posts) == (1, 0)
    first.mine, second.mine = False, True
    first.until(3 * FIRST_S)
    second.until(3 * FIRST_S)
    assert (first.channel.posts, second.channel.posts) == (1, 1)


def test_slack_tells_of_it(transport: str, services: AppServices) -> None:
    state, at_s = FakeState(), 0.0

    async def scenario(bench: Bench) -> None:
        nonlocal at_s
        channel = SlackEcho(bench.workspace.credentials.bot_token, bench.workspace.api_url, ALERTS)
        echo = Echo(state, channel, "me", lambda: True, lambda: at_s, lambda: START)
        at_s = FIRST_S
        await asyncio.to_thread(echo.look)
        assert len(bench.posts(ALERTS)) == 1
        await bench.until(lambda: (found := state.lease("hearing Slack")) is not None and found.note == "heard")
        await asyncio.to_thread(echo.look)
        assert bench.posts(ALERTS) == []

    play(scenario, transport, replace(services, hear=partial(hear, state)))


def test_a_channel_that_is_not_there_is_said_so(services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        channel = SlackEcho(bench.workspace.credentials.bot_token, bench.workspace.api_url, "#nowhere")
        with pytest.raises(EchoUnavailable, match="#nowhere: channel_not_found"):
            await asyncio.to_thread(channel.post, "fireline echo")

    play(scenario, "socket", services)


def test_who_is_deaf_pages_whoever_is_on_call_by_what_is_not_slack_once() -> None:
    paged = PagedStory(START, FakePager("slack"), FakePager("voice", "twilio"), FakePager("pagerduty"))
    story = Story(paged.state)  # type: ignore[arg-type]
    story.echo.alarm = DeafAlarm(
        lambda _: PLAN,
        EscalationPolicy,
        partial(paged.paging.waking_beside, "slack"),
        paged.state,
        paged.paging.target,
        lambda: START,
        lambda: START,
    )
    story.channel.heard = lambda _: False
    for _ in range(2):
        with pytest.raises(Deaf):
            story.until(story.at_s + FIRST_S + 3 * WITHIN_S)
        paged.paging.deliver()
    assert paged.paged() == [("Chris", "voice"), ("Chris", "pagerduty")]
    story.channel.heard = lambda _: True
    while story.echo.is_deaf:
        story.at_s += 2
        with suppress(Deaf):
            story.echo.look()
    paged.paging.deliver()
    [told] = [page for pager in paged.pagers for page in pager.taken]
    assert (told.channel, told.act, told.text) == ("pagerduty", Act.RESOLVE, "Slack is heard again.")
