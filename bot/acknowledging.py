"""The ways to acknowledge that need no Slack, wired: they are there where FIRELINE_PUBLIC_URL is set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bot.adapters.clock import epoch_seconds, system_clock

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

    from bot.config.settings import Settings
    from bot.ports.state import State
    from bot.services.acknowledge_links import AcknowledgeLinks
    from bot.services.acknowledging import Acknowledging
    from bot.services.app import AppServices


def links_of(settings: Settings) -> AcknowledgeLinks:
    from bot.services.acknowledge_links import AcknowledgeLinks

    return AcknowledgeLinks(settings.public_url, settings.link_secret.get_secret_value())


def callbacks_of(settings: Settings, services: AppServices, store: State) -> tuple[RouteDef, ...]:
    """What the HTTP front answers besides Slack; none without a public address."""
    from bot.services.acknowledging import Acknowledging

    if not settings.public_url:
        return ()
    acknowledging = Acknowledging(store, lambda: services.responses, services.now, system_clock)
    return (
        *_links(settings, services, acknowledging),
        *_pagerduty(settings, acknowledging),
        *_twilio(settings, acknowledging),
    )


def _links(settings: Settings, services: AppServices, acknowledging: Acknowledging) -> tuple[RouteDef, ...]:
    from aiohttp import web

    from bot.callbacks.link import PATH, LinkPage

    if not settings.link_secret.get_secret_value():
        return ()
    page = LinkPage(links_of(settings), acknowledging, services.now)
    return web.get(PATH, page.show), web.post(PATH, page.take)


def _pagerduty(settings: Settings, acknowledging: Acknowledging) -> tuple[RouteDef, ...]:
    from aiohttp import web

    from bot.callbacks.pagerduty import PATH, PagerDutyWebhook

    secret = settings.pagerduty_webhook_secret.get_secret_value()
    return (web.post(PATH, PagerDutyWebhook(secret, acknowledging, epoch_seconds).answer),) if secret else ()


def _twilio(settings: Settings, acknowledging: Acknowledging) -> tuple[RouteDef, ...]:
    from aiohttp import web

    from bot.adapters.pages.phone import DIGITS
    from bot.callbacks.twilio import TwilioDigits
    from bot.page_channels import twilio_account

    account = twilio_account(settings, os.environ)
    if account is None:
        return ()
    digits = TwilioDigits(settings.public_url, *account, acknowledging)
    return (web.post(DIGITS, digits.answer),)
