"""Tokens are told apart by how they look; what is wrong is named, and no secret is in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.config.slack_tokens import SlackTokens
from bot.domain.errors import BadInput


def tokens(
    bot: str = "xoxb-1", app: str = "xapp-1", secret: str = "", url: str = "https://slack.com/api/"
) -> SlackTokens:
    given = {"slack_bot_token": bot, "slack_app_token": app, "slack_signing_secret": secret}
    secrets = {name: SecretStr(value) for name, value in given.items()}
    return SlackTokens.of(Settings(slack_api_url=url, **secrets))  # type: ignore[arg-type]


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


LOCAL = "http://127.0.0.1:8765/api/"


def test_a_local_slack_gives_tokens_of_any_look() -> None:
    made = tokens("test-token-bot", "test-token-app", url=LOCAL)
    assert (made.bot, made.app) == ("test-token-bot", "test-token-app")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"bot": "xapp-9"}, r"SLACK_BOT_TOKEN is an app-level token"),
        ({"bot": "xoxp-9"}, r"SLACK_BOT_TOKEN is a user token"),
        ({"app": "xoxb-9"}, r"SLACK_APP_TOKEN is a bot token"),
        ({"app": "", "secret": "xoxb-9"}, r"SLACK_SIGNING_SECRET is a bot token"),
        ({"bot": "test token 9"}, r"SLACK_BOT_TOKEN has a space"),
        ({"bot": ""}, r"SLACK_BOT_TOKEN is not set"),
        ({"app": ""}, r"neither is set"),
    ],
)
def test_a_local_slack_too_has_kinds_of_tokens(given: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        tokens(**given, url=LOCAL)


@pytest.mark.parametrize("url", ["https://slack.com/api", "https://slack.com/api/"])
def test_slacks_own_address_however_it_ends(url: str) -> None:
    with pytest.raises(BadInput, match="is no token of Slack"):
        tokens("test-token-bot", url=url)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_anything_is_taken_or_refused(bot: str, app: str, secret: str) -> None:
    try:
        made = tokens(bot, app, secret)
    except BadInput:
        return
    assert made.bot.startswith(("xoxb-", "xoxe.xoxb-"))
