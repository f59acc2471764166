"""The tokens of the app, recognised by their form: one in the wrong variable is named before anything is opened."""

from dataclasses import dataclass, field

from bot.config.settings import Settings
from bot.domain.errors import BadInput

BOT, APP = "a bot token (xoxb-…)", "an app-level token (xapp-…)"
SECRET = "the signing secret of the app (Basic Information)"
_KINDS = {"xoxb-": BOT, "xapp-": APP, "xoxp-": "a user token (xoxp-…)", "xoxe-": "a refresh token (xoxe-…)"}
"""By how they begin: https://docs.slack.dev/authentication/tokens"""
_SLACKS_OWN = str(Settings.model_fields["slack_api_url"].default)
"""A local Slack elsewhere may give tokens of any look: there only one that is clearly of another kind is refused."""
_ROTATED = "xoxe."
"""Stands before a token that is renewed every twelve hours."""


@dataclass(frozen=True)
class SlackTokens:
    """`app` set: Socket Mode. Else `secret` is: signed HTTP."""

    bot: str = field(repr=False)
    app: str = field(repr=False)
    secret: str = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, *, hears: bool = True) -> "SlackTokens":
        """Raises BadInput with everything that is missing or malformed; no part of a secret is in it. `hears`: Slack
        reaches this process.
        """
        bot = settings.slack_bot_token.get_secret_value()
        app = settings.slack_app_token.get_secret_value()
        secret = settings.slack_signing_secret.get_secret_value()
        strict = settings.slack_api_url.rstrip("/") == _SLACKS_OWN.rstrip("/")
        problems = [
            *_wrong("SLACK_BOT_TOKEN", bot, BOT, strict),
            *_wrong("SLACK_APP_TOKEN", app, APP, strict),
            *_wrong("SLACK_SIGNING_SECRET", secret, SECRET, strict),
        ]
        if not bot:
            problems.insert(0, "SLACK_BOT_TOKEN is not set. Use the bot token (xoxb-…), or try `fireline demo`.")
        if hears and not app and not secret:
            problems.append("Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP); neither is set.")
        if problems:
            raise BadInput("\n".join(problems))
        return cls(bot, app, secret)


def _wrong(name: str, value: str, wanted: str, strict: bool) -> list[str]:
    if not all("!" <= character <= "~" for character in value):
        return [f"{name} has a space, a line end or a letter in it that Slack's have not. Copy it again."]
    starts = value.removeprefix(_ROTATED)
    kind = next((kind for start, kind in _KINDS.items() if starts.startswith(start)), None)
    if not value or (kind or (SECRET if strict else wanted)) == wanted:
        return []
    return [f"{name} is {kind or 'no token of Slack'}. Use {wanted}."]
