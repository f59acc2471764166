"""Tokens are told apart by how they look; what is wrong is named, and no secret is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.config.slack_tokens import SlackTokens
from bot.domain.errors import BadInput


def tokens(bot: str = "xoxb-1", app: str = "xapp-1", secret: str = "") -> SlackTokens:
    given = {"slack_bot_token": bot, "slack_app_token": app, "slack_signing_secret": secret}
    return SlackTokens.of(Settings(**{name: SecretStr(value) for name, value in given.items()}))  # type: ignore[arg-type]


@pytest.mark.parametrize("bot", ["xoxb-1-2-a", "xoxe.xoxb-1-2-a"])
@pytest.mark.parametrize(("app", "secret"), [("xapp-1-A-b", ""), ("", "8f742231b10e8888"), ("xapp-1-A-b", "8f74")])
def test_those_that_can_be(bot: str, app: str, secret: str) -> None:
    made = tokens(bot, app, secret)
    assert (made.bot, made.app, made.secret) == (bot, app, secret)
    assert bot not in repr(made)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"bot": "xoxp-9"}, r"^SLACK_BOT_TOKEN is a user token \(xoxp-…\)\. Use a bot token \(xoxb-…\)\.$"),
        ({"bot": "xoxe-1-9"}, r"SLACK_BOT_TOKEN is a refresh token"),
        ({"bot": "8f742231"}, r"SLACK_BOT_TOKEN is no token of Slack\. Use a bot token"),
        ({"bot": '"xoxb-9"'}, r"SLACK_BOT_TOKEN is no token of Slack"),
        ({"bot": "xoxb-9\n"}, r"SLACK_BOT_TOKEN has a space, a line end or a letter"),
        ({"bot": "xoxb-9 "}, r"SLACK_BOT_TOKEN has a space"),
        ({"bot": "xoxb-\u2026"}, r"SLACK_BOT_TOKEN has a space"),
        ({"app": "8f742231"}, r"SLACK_APP_TOKEN is no token of Slack\. Use an app-level token \(xapp-…\)"),
        ({"app": "", "secret": "xapp-9"}, r"SLACK_SIGNING_SECRET is an app-level token .*Use the signing secret"),
        ({"app": "xoxb-9", "bot": "xapp-9"}, r"SLACK_BOT_TOKEN is an app-level.*\nSLACK_APP_TOKEN is a bot token"),
        ({"app": "", "bot": ""}, r"^SLACK_BOT_TOKEN is not set.*\nSet SLACK_APP_TOKEN \(Socket Mode\) or"),
    ],
)
def test_those_that_cannot_be(given: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told) as error:
        tokens(**given)
    assert "9" not in str(error.value)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_anything_is_taken_or_refused(bot: str, app: str, secret: str) -> None:
    try:
        made = tokens(bot, app, secret)
    except BadInput:
        return
    assert made.bot.startswith(("xoxb-", "xoxe.xoxb-"))
