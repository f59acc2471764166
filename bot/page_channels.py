"""Which adapters page people: the part of the composition root that `channels.yaml` speaks to."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bot.adapters.clock import epoch_seconds
from bot.config.channels import (
    AppriseEntry,
    ChannelsFile,
    JiraEntry,
    MailEntry,
    MentionEntry,
    PagerDutyEntry,
    TwilioEntry,
    WebhookEntry,
    load_channels,
)
from bot.domain.placeholders import filled, unset
from bot.domain.platform.registry import Frozen

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.domain.reports.said import Said
    from bot.ports.pages import PageChannel
    from bot.ports.reports import Reports

Entry = TypeVar("Entry", bound=Frozen)
log = logging.getLogger("fireline.paging")


@dataclass(frozen=True)
class NotReady:
    """Channels that are configured, and the environment variables that they wait for."""

    channels: tuple[str, ...]
    variables: tuple[str, ...]

    def __str__(self) -> str:
        verb = "is" if len(self.channels) == 1 else "are"
        return f"{', '.join(self.channels)} {verb} not ready: set the environment variable {', '.join(self.variables)}"


@dataclass(frozen=True)
class PageChannels:
    ready: tuple[PageChannel, ...]
    not_ready: tuple[NotReady, ...]


def page_channels(settings: Settings, environment: Mapping[str, str], reports: Reports | None = None) -> PageChannels:
    """Those of `channels.yaml`, and Slack. Nothing is connected to. Raises ConfigError. `reports`: what they say."""
    file = load_channels(settings.config / "channels.yaml")
    made = [_slack(settings, reports), *_configured(file, settings, environment)]
    return PageChannels(
        ready=tuple(channel for each in made if not isinstance(each, NotReady) for channel in each),
        not_ready=tuple(each for each in made if isinstance(each, NotReady)),
    )


def channels_file(settings: Settings) -> bytes:
    """What `channels.yaml` holds; nothing where there is none."""
    path = settings.config / "channels.yaml"
    return path.read_bytes() if path.is_file() else b""


def channels_in_use(settings: Settings, reports: Reports) -> tuple[PageChannel, ...]:
    """Those that are ready; the log names the others."""
    found = page_channels(settings, os.environ, reports)
    for each in found.not_ready:
        log.warning("%s", each)
    return found.ready


Made = tuple["PageChannel", ...] | NotReady


def _configured(file: ChannelsFile, settings: Settings, environment: Mapping[str, str]) -> list[Made]:
    return [
        *_made(file.twilio, ("voice", "sms"), partial(_twilio, settings.public_url), environment),
        *_made(file.mail, ("mail",), _mail, environment),
        *_made(file.pagerduty, ("pagerduty",), _pagerduty, environment),
        *_made(file.webhook, ("webhook",), _webhook, environment),
        *_made(file.jira, ("jira",), _jira, environment),
        *([] if file.mention is None else [_mention(file.mention, settings)]),
        *([] if file.apprise is None else [_apprise(file.apprise, environment)]),
    ]


def _made(
    entry: Entry | None,
    names: tuple[str, ...],
    make: Callable[[Entry], tuple[PageChannel, ...]],
    environment: Mapping[str, str],
) -> list[Made]:
    if entry is None:
        return []
    texts = {name: text for name, text in entry if isinstance(text, str)}
    lacking = dict.fromkeys(name for text in texts.values() for name in unset(text, environment))
    if lacking:
        return [NotReady(names, tuple(lacking))]
    return [make(entry.model_copy(update={name: filled(text, environment) for name, text in texts.items()}))]


def _slack(settings: Settings, reports: Reports | None) -> Made:
    from bot.adapters.pages.slack import SlackChannel, SlackDirect
    from bot.adapters.pages.slack_report import SlackReport

    token = settings.slack_bot_token.get_secret_value()
    if not token:
        return NotReady(("slack",), ("SLACK_BOT_TOKEN",))

    def said(key: str) -> Said | None:
        return None if reports is None else reports.said(key)

    given = token, settings.slack_api_url
    return SlackDirect(*given), SlackChannel(*given), SlackReport(*given, said)


def _twilio(public_url: str, entry: TwilioEntry) -> tuple[PageChannel, ...]:
    from bot.adapters.pages.phone import Sms, Voice
    from bot.adapters.pages.twilio import Account

    account = Account(entry.account, entry.token, entry.sender, entry.url)
    return Voice(account, public_url), Sms(account)


def twilio_account(settings: Settings, environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Its SID and its token, which signs what Twilio asks of us; None: there is none, or it is not ready."""
    entry = load_channels(settings.config / "channels.yaml").twilio
    if entry is None or unset(entry.account, environment) or unset(entry.token, environment):
        return None
    return filled(entry.account, environment), filled(entry.token, environment)


def _mail(entry: MailEntry) -> tuple[PageChannel, ...]:
    from bot.adapters.pages.mail import Mail, MailServer, Security

    server = MailServer(
        host=entry.host,
        port=entry.of_port,
        sender=entry.sender,
        security=Security(entry.security),
        user=entry.user or "",
        password=entry.password or "",
    )
    return (Mail(server),)


def _pagerduty(entry: PagerDutyEntry) -> tuple[PageChannel, ...]:
    from bot.adapters.pages.pagerduty import PagerDuty

    return (PagerDuty(entry.routing_key, entry.url),)


def _webhook(entry: WebhookEntry) -> tuple[PageChannel, ...]:
    from bot.adapters.pages.webhook import Webhook

    return (Webhook(entry.url, entry.secret, epoch_seconds),)


def _jira(entry: JiraEntry) -> tuple[PageChannel, ...]:
    from bot.adapters.pages.jira import Jira, Project

    return (Jira(Project(entry.url, entry.user, entry.token, entry.project, entry.issue_type)),)


def _mention(entry: MentionEntry, settings: Settings) -> Made:
    from bot.adapters.pages.slack import SlackMention

    token = settings.slack_bot_token.get_secret_value()
    if not token:
        return NotReady(("mention",), ("SLACK_BOT_TOKEN",))
    return (SlackMention(token, settings.slack_api_url, entry.channel),)


def _apprise(entry: AppriseEntry, environment: Mapping[str, str]) -> Made:
    from bot.adapters.pages.fan_out import FanOut

    lacking = dict.fromkeys(name for url in entry.urls for name in unset(url, environment))
    if lacking:
        return NotReady(("apprise",), tuple(lacking))
    return (FanOut([filled(url, environment) for url in entry.urls]),)
