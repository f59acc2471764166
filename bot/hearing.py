"""Does Fireline hear what happens in Slack? Wired where FIRELINE_ECHO_CHANNEL names a channel for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.adapters.clock import monotonic_seconds, system_clock

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config.settings import Settings
    from bot.domain.incidents.escalation_policy import EscalationPolicy
    from bot.domain.oncall.schedule import Schedule
    from bot.ports.clock import Clock
    from bot.ports.state import State
    from bot.services.app import AppServices
    from bot.services.echo import Alarm, Echo
    from bot.services.paging import PagingService

SLACK = "slack"
"""The provider of its channels."""


def echo_of(settings: Settings, store: State, me: str | None, mine: Callable[[], bool]) -> Echo | None:
    """`me` names this process among several; `mine`: is it the one of them that posts?"""
    if not settings.echo_channel:
        return None
    from bot.adapters.notify.slack_echo import SlackEcho
    from bot.services.echo import Echo
    from bot.services.holding import this_process

    channel = SlackEcho(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, settings.echo_channel)
    return Echo(store, channel, me or this_process(), mine, monotonic_seconds, system_clock)


def alarm_of(settings: Settings, services: AppServices, store: State, paging: PagingService, wall: Clock) -> Alarm:
    """By the policy, the schedule and the channels as they are when it begins. A new installation in shadow pages
    nobody.
    """
    from bot.config.policy import load_policy
    from bot.services.deaf_alarm import DeafAlarm

    def policy() -> EscalationPolicy:
        return load_policy(settings.config / "policy.yaml").escalation

    def schedule(now: datetime) -> Schedule:
        return services.oncall.schedule(now)

    def ways() -> Sequence[str]:
        return () if services.reports.alone else paging.waking_beside(SLACK)

    return DeafAlarm(schedule, policy, ways, store, paging.target, services.now, wall)
