"""The parts of one workspace, together; what every method and every act works on."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .channels import Channels
from .clock import Clock
from .delivery import Delivery
from .ephemerals import Ephemerals
from .faults import Faults
from .file_store import Files
from .manifest import App
from .messages import Messages
from .modals import Modals
from .people import People
from .rate_limits import RateLimits
from .recorder import Recorder
from .response_urls import ResponseUrls
from .screens import Screens
from .socket_mode import SocketMode
from .store import Store
from .timestamps import Timestamps
from .triggers import Triggers


@dataclass(frozen=True)
class Identity:
    team_id: str
    team_name: str
    team_domain: str
    app_id: str
    bot_user_id: str
    bot_id: str


@dataclass(frozen=True)
class Credentials:
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    verification_token: str = field(repr=False)


@dataclass
class Core:
    identity: Identity
    credentials: Credentials
    app: App
    clock: Clock
    store: Store
    people: People
    channels: Channels
    messages: Messages
    files: Files
    timestamps: Timestamps
    screens: Screens
    ephemerals: Ephemerals
    triggers: Triggers
    response_urls: ResponseUrls
    modals: Modals
    delivery: Delivery
    sockets: SocketMode
    rate_limits: RateLimits
    recorder: Recorder
    faults: Faults
    base_url: str = ""
    revoked: set[str] = field(default_factory=set)

    def now(self) -> datetime:
        return self.clock.now()

    def user(self, user: str) -> dict[str, Any] | None:
        return self.people.user(user, self.now())

    def onlookers(self, channel: dict[str, Any]) -> list[str]:
        """The people on whose pages the channel's messages appear; a guest sees only channels of their own."""
        members = set(self.channels.members(channel["id"]))
        everybody, people = channel["kind"] == "channel", self.people
        return [user for user in people.human_ids() if user in members or (everybody and not people.is_guest(user))]
