"""The demo's phones and pager: Twilio and PagerDuty of this machine, reached over HTTP as the real ones are."""

import os
import socket
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from bot.callbacks import pagerduty
from bot.cli.demo_config import HEADER
from bot.config.settings import Settings
from bot.domain.oncall.on_call import everyone_on_call
from bot.services.app import AppServices
from sandbox.phones.vendors import ACCOUNT, SENDER, Vendors

TWILIO_TOKEN, ROUTING_KEY = "DEMO_TWILIO_TOKEN", "DEMO_PAGERDUTY_ROUTING_KEY"
ABOVE = 1_000
"""The port for what comes back is so much above that of the page, where that is free."""


def paging(settings: Settings, vendors: Vendors, page_port: int) -> Settings:
    """The settings with which pages go to the workspace's phones, and acknowledgements come back. `vendors` are served
    already; `channels.yaml` is written over: the demo calls nobody for real.
    """
    os.environ.update({TWILIO_TOKEN: vendors.token, ROUTING_KEY: vendors.routing_key})
    _write(settings.config / "channels.yaml", _channels(vendors))
    port = free_port(page_port + ABOVE)
    public_url = f"http://127.0.0.1:{port}"
    vendors.pagerduty.webhook_url = f"{public_url}{pagerduty.PATH}"
    signing = settings.slack_signing_secret.get_secret_value()
    ways = {
        "public_url": public_url,
        "host": "127.0.0.1",
        "port": port,
        "pagerduty_webhook_secret": SecretStr(vendors.webhook_secret),
        "link_secret": SecretStr(sha256(f"links {signing}".encode()).hexdigest()),
    }
    return settings.model_copy(update=ways)


def turns(services: AppServices) -> dict[str, str]:
    """The rotas of which each person has the turn now."""
    now = services.now()
    found: dict[str, str] = {}
    for shift in everyone_on_call(services.oncall.schedule(now), now):
        if shift.person:
            found[shift.person] = f"{found[shift.person]}, {shift.rota}" if shift.person in found else shift.rota
    return found


def _channels(vendors: Vendors) -> dict[str, Any]:
    return {
        "twilio": {"account": ACCOUNT, "token": f"${{{TWILIO_TOKEN}}}", "from": SENDER, "url": vendors.twilio_url},
        "pagerduty": {"routing_key": f"${{{ROUTING_KEY}}}", "url": vendors.pagerduty_url},
    }


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(HEADER + yaml.safe_dump(document, sort_keys=False, width=1_000), encoding="utf-8")


def free_port(wanted: int) -> int:
    """That, or any: an address that stays lets links of yesterday work."""
    for port in (wanted if wanted <= 65_535 else 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free")
