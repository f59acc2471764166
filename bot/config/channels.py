"""`channels.yaml` becomes the ways to people, or one ConfigError that names every problem with file and line."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.config.documents import load_document
from bot.config.oncall_file import PHONE
from bot.domain.oncall.schedule import PLAIN_ADDRESS
from bot.domain.placeholders import PLACE
from bot.domain.platform.registry import Frozen, Whole

URL = re.compile(r"(?:https://[^\s/]+|http://(?:127\.0\.0\.1|localhost)(?::\d+)?)(?:/\S*)?")
PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9_]{1,63}")
"""https://support.atlassian.com/jira-cloud-administration/docs/edit-a-projects-details/"""
CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,20}")
PAGED_BY = ("slack", "voice", "sms", "mail", "pagerduty", "webhook", "jira", "mention", "apprise")
"""What a policy calls the channels: Slack, and those of `channels.yaml`."""
PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""https://www.rfc-editor.org/rfc/rfc8314#section-3.3"""


def _secret(value: object) -> object:
    """Looked at before its type is: no message repeats it."""
    if not isinstance(value, str) or PLACE.fullmatch(value) is None:
        raise ValueError("holds a secret; write ${NAME}, and set the environment variable NAME")
    return value


def _url(text: str) -> str:
    if URL.fullmatch(text) is None:
        raise ValueError("is no address to page by; write https://HOST/PATH (http:// on this machine alone)")
    return text


def _phone(text: str) -> str:
    if PHONE.fullmatch(text) is None and PLACE.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no phone number; write it as +15551234567")
    return text


def _project_key(text: str) -> str:
    if PROJECT_KEY.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no key of a Jira project; write the letters before the number, such as DATA")
    return text


def _channel(text: str) -> str:
    if CHANNEL_ID.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no id of a channel; copy it from the channel's details, such as C0123456789")
    return text


def _email(text: str) -> str:
    if PLAIN_ADDRESS.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no mail address")
    return text


Text = Annotated[str, Field(min_length=1)]
Secret = Annotated[str, BeforeValidator(_secret)]
Url = Annotated[str, AfterValidator(_url)]


class PagerDutyEntry(Frozen):
    routing_key: Secret
    url: Url = "https://events.pagerduty.com"


class TwilioEntry(Frozen):
    """Calls and text messages: the channels `voice` and `sms`."""

    account: Text
    token: Secret
    sender: Annotated[str, Field(alias="from"), AfterValidator(_phone)]
    url: Url = "https://api.twilio.com"


class MailEntry(Frozen):
    host: Text
    sender: Annotated[str, Field(alias="from"), AfterValidator(_email)]
    security: Literal["starttls", "tls", "none"] = "starttls"
    port: Annotated[Whole, Field(ge=1, le=65_535)] | None = None
    user: Text | None = None
    password: Secret | None = None

    @model_validator(mode="after")
    def _logs_in_safely(self) -> "MailEntry":
        if (self.user is None) != (self.password is None):
            raise ValueError("has one of user and password; give both, or neither")
        if self.user is not None and self.security == "none":
            raise ValueError("sends its password in the clear; set security to starttls or tls")
        return self

    @property
    def of_port(self) -> int:
        return PORTS[self.security] if self.port is None else self.port


class JiraEntry(Frozen):
    """Of Jira Cloud. `user` is the mail address that the token belongs to."""

    url: Url
    user: Text
    token: Secret
    project: Annotated[str, AfterValidator(_project_key)]
    issue_type: Text = "Task"


class WebhookEntry(Frozen):
    url: Url
    secret: Secret


class MentionEntry(Frozen):
    """Whoever is on call is named in the team's channel."""

    channel: Annotated[str, AfterValidator(_channel)]


class AppriseEntry(Frozen):
    """Addresses of Apprise, which hold secrets."""

    urls: Annotated[tuple[Secret, ...], Field(min_length=1, max_length=10)]


class ChannelsFile(Frozen):
    """`None`: the team has no such channel. Slack needs no entry: the app's own token sends."""

    pagerduty: PagerDutyEntry | None = None
    twilio: TwilioEntry | None = None
    mail: MailEntry | None = None
    webhook: WebhookEntry | None = None
    jira: JiraEntry | None = None
    mention: MentionEntry | None = None
    apprise: AppriseEntry | None = None


def load_channels(path: Path) -> ChannelsFile:
    """The channels; none but Slack without the file. Raises ConfigError with every problem."""
    return load_document(path, ChannelsFile) if path.exists() else ChannelsFile()
