"""Twilio and PagerDuty beside a workspace: their addresses, their secrets, and the phones that they ring."""

from collections.abc import Mapping

from aiohttp import web

from sandbox.phones.book import Book
from sandbox.phones.calls import Calls
from sandbox.phones.pagerduty import PagerDuty
from sandbox.phones.panel import PhonePanel, Turns
from sandbox.phones.twilio import Twilio
from sandbox.slack.seed import USERS
from sandbox.slack.server import Workspace

ACCOUNT = "AC00000000000000000000000000000001"
SENDER = "+12125550100"
TWILIO, PAGERDUTY = "/twilio", "/pagerduty"


async def nobody() -> Mapping[str, str]:
    return {}


class Vendors:
    """Served by the workspace, once it has started."""

    def __init__(self, workspace: Workspace, turns: Turns = nobody) -> None:
        self._workspace, core = workspace, workspace.core

        def changed() -> None:
            for user in core.people.human_ids():
                core.screens.show(user, "phones")

        self.book = Book(core.store, USERS, changed)
        self.token, self.routing_key = self.book.secret("twilio token"), self.book.secret("routing key")
        self.webhook_secret = self.book.secret("webhook secret")
        self._calls = Calls(self.book, core.clock, ACCOUNT, self.token)
        self._calls.hang_up_all()
        self.pagerduty = PagerDuty(self.book, core.clock, self.routing_key, self.webhook_secret)
        twilio = Twilio(self.book, self._calls, core.clock, ACCOUNT, self.token, SENDER).application()
        twilio.on_cleanup.append(self._close)
        workspace.mount(TWILIO, twilio)
        workspace.mount(PAGERDUTY, self.pagerduty.application())
        workspace.add_routes(PhonePanel(self.book, self._calls, self.pagerduty, turns).routes())

    @property
    def twilio_url(self) -> str:
        return f"{self._workspace.url}{TWILIO}"

    @property
    def pagerduty_url(self) -> str:
        return f"{self._workspace.url}{PAGERDUTY}"

    async def _close(self, _app: web.Application) -> None:
        await self._calls.close()
