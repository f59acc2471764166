"""Does Fireline hear what happens in Slack? Wired where FIRELINE_ECHO_CHANNEL names a channel for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.adapters.clock import monotonic_seconds, system_clock

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.ports.state import State
    from bot.services.echo import Echo


def echo_of(settings: Settings, store: State, me: str | None, mine: Callable[[], bool]) -> Echo | None:
    """`me` names this process among several; `mine`: is it the one of them that posts?"""
    if not settings.echo_channel:
        return None
    from bot.adapters.notify.slack_echo import SlackEcho
    from bot.services.echo import Echo
    from bot.services.holding import this_process

    channel = SlackEcho(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, settings.echo_channel)
    return Echo(store, channel, me or this_process(), mine, monotonic_seconds, system_clock)
