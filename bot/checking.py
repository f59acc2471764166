"""What a serving process checks of itself and of its surroundings, wired."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bot.adapters.clock import monotonic_seconds, system_clock

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.ports.state import State
    from bot.services.paging import PagingService
    from bot.services.probe import Said
    from bot.services.vitals import Checks


def checking(settings: Settings, store: State, paging: PagingService) -> tuple[Checks, Said]:
    """The checks, and what they have to warn of."""
    from bot.adapters.disk import check_disk
    from bot.adapters.notify.slack_clock import SlackClock
    from bot.services.vitals import Checks, Delivered, Paged, Skew, Steady

    slack = SlackClock(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    steady, skew = Steady(system_clock, monotonic_seconds), Skew(system_clock, monotonic_seconds, slack)
    checks: dict[str, Callable[[], None]] = {
        "state": Delivered(store.unsaid, monotonic_seconds),
        "pages": Paged(paging.unreached, monotonic_seconds),
        "disk": partial(check_disk, settings.home),
        "clock": steady,
        "slack's clock": skew,
    }
    return Checks(checks), lambda: (*steady.warnings(), *skew.warnings())
