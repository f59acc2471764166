"""Who people are, as a workspace says it that is as strict as Slack."""

import socket

import pytest

from bot.adapters.directory import SlackDirectory
from bot.domain.access import Origin
from bot.ports.directory import DirectoryUnavailable
from sandbox.tests.slack.people import ALEX, BOT, GUEST, LEFT, SEED
from tests.support.slack_thread import beside


def test_everybody_is_what_the_workspace_says() -> None:
    with beside(seed=SEED) as slack:
        directory = SlackDirectory(slack.workspace.credentials.bot_token, slack.workspace.api_url)
        assert {user: directory.origin(user) for user in (ALEX, GUEST, LEFT, BOT, "USLACKBOT", "U99NOBODY")} == {
            ALEX: Origin.MEMBER,
            GUEST: Origin.GUEST,
            LEFT: Origin.DEACTIVATED,
            BOT: Origin.BOT,
            "USLACKBOT": Origin.BOT,
            "U99NOBODY": Origin.ELSEWHERE,
        }
        assert directory.members("S01ONCALL") == {ALEX}
        assert directory.members("S99NONE") == frozenset()


def test_a_token_that_is_refused_says_so() -> None:
    refused = pytest.raises(DirectoryUnavailable, match=r"Slack refused users\.info \(invalid_auth\)")
    with beside(seed=SEED) as slack, refused:
        SlackDirectory("xoxb-another", slack.workspace.api_url).origin(ALEX)


def test_without_an_answer_nobody_is_known() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/api/"
        with pytest.raises(DirectoryUnavailable, match=r"users\.info"):
            SlackDirectory("xoxb-x", url).origin(ALEX)
