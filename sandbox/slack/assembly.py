"""Putting a workspace together: open its file, plant the seed if it is new, wire the parts."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ..clock import SimulatedClock
from .channels import Channels
from .clock import Clock
from .core import Core, Credentials, Identity
from .delivery import Delivery
from .ephemerals import Ephemerals
from .faults import Faults
from .file_store import Files
from .manifest import App, parse_manifest
from .messages import Messages
from .modals import Modals
from .people import People
from .rate_limits import RateLimits
from .recorder import Recorder
from .response_urls import ResponseUrls
from .screens import Screens
from .seed import Seed
from .socket_mode import SocketMode
from .store import Store
from .timestamps import Timestamps
from .triggers import Triggers


def assemble(
    manifest: Mapping[str, Any],
    path: Path | str,
    seed: Seed,
    now: Callable[[], datetime],
    rate_limit_scale: float,
    on_connection: Callable[[], None],
    shown: SimulatedClock | None = None,
) -> Core:
    app, store, clock = parse_manifest(manifest), Store(path), Clock(now, shown)
    identity = Identity(seed.team_id, seed.team_name, seed.team_domain, seed.app_id, seed.bot_user_id, seed.bot_id)
    people, channels = People(store), Channels(store, seed.team_id)
    if store.setting("planted") is None:
        _plant(store, seed, app, people, channels, clock.now())
    screens, recorder = Screens(clock), Recorder()
    return Core(
        identity=identity,
        credentials=_credentials(store),
        app=app,
        clock=clock,
        store=store,
        people=people,
        channels=channels,
        messages=Messages(store),
        files=Files(store, seed.team_id),
        timestamps=Timestamps(store, clock),
        screens=screens,
        ephemerals=Ephemerals(screens),
        triggers=Triggers(clock),
        response_urls=ResponseUrls(store, clock, seed.team_id),
        modals=Modals(store, screens),
        delivery=Delivery(clock, recorder),
        sockets=SocketMode(clock, seed.app_id, on_connection),
        rate_limits=RateLimits(clock, rate_limit_scale),
        recorder=recorder,
        faults=Faults(),
    )


def _plant(store: Store, seed: Seed, app: App, people: People, channels: Channels, now: datetime) -> None:
    with store.transaction():
        people.plant(seed, app.name, app.bot_name, now)
        channels.plant(seed, now)
        number = "".join(secrets.choice("0123456789") for _ in range(12))
        made = {
            "bot_token": seed.bot_token or f"xoxb-{number}-{secrets.token_hex(12)}",
            "app_token": seed.app_token or f"xapp-1-{seed.app_id}-{number}-{secrets.token_hex(32)}",
            "signing_secret": seed.signing_secret or secrets.token_hex(16),
            "verification_token": secrets.token_hex(12),
            "planted": now.isoformat(),
        }
        for name, value in made.items():
            store.set_setting(name, value)


def _credentials(store: Store) -> Credentials:
    names = ("bot_token", "app_token", "signing_secret", "verification_token")
    stored = {name: store.setting(name) for name in names}
    missing = [name for name, value in stored.items() if value is None]
    if missing:
        raise ValueError(f"the workspace's file lacks {', '.join(missing)}; it was not made by this program")
    return Credentials(**{name: str(value) for name, value in stored.items()})
