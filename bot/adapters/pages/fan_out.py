"""Whatever Apprise reaches (Discord, Teams, ntfy ...): https://github.com/caronc/apprise/wiki. Nobody is woken by it.

Apprise says yes or no and nothing between: a limit, an outage and a connection that broke after the message was taken
look alike. So it is never the way to a person, and nothing is sent to others again because one has failed.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from bot.attempt import TIMEOUT_S, Attempt, within
from bot.domain.delivery import Kind, Outcome, Page
from bot.domain.errors import ConfigError, Problem
from bot.domain.oncall.schedule import Person

if TYPE_CHECKING:
    from apprise import Apprise

LATER_S = 300.0
"""So often it is tried again where nobody took it."""
log = logging.getLogger("fireline.paging")


class FanOut:
    """`addresses` are Apprise's, and hold secrets. A page was taken when one of them has taken it."""

    name, provider, wakes = "apprise", "apprise", False

    def __init__(self, addresses: Sequence[str], timeout_s: float = TIMEOUT_S) -> None:
        """Raises ConfigError: Apprise is not installed, or does not know an address."""
        self._services = [_service(at, address) for at, address in enumerate(addresses, start=1)]
        self._timeout_s = timeout_s

    def target(self, person: Person) -> str | None:  # noqa: ARG002 (the port's)
        return ""

    def send(self, page: Page) -> Outcome:
        with ThreadPoolExecutor(len(self._services), thread_name_prefix="apprise") as pool:
            shown = list(pool.map(lambda service: self._told(service, page), self._services))
        failed = [f"address {at}: {each.reason}" for at, each in enumerate(shown, start=1) if each.kind is not Kind.YES]
        if len(failed) < len(shown):
            if failed:
                log.warning("page %s by apprise: %s", page.label, "; ".join(failed))
            return Outcome(Kind.YES, "; ".join(failed) or "ok")
        return Outcome(Kind.NO, "; ".join(failed), retry_after=LATER_S)

    def find(self, page: Page) -> Outcome | None:  # noqa: ARG002 (the port's)
        return None

    def _told(self, service: "Apprise", page: Page) -> Outcome:
        def work(attempt: Attempt) -> Outcome:
            attempt.begin(None)
            taken = service.notify(body=page.text, title=page.title, body_format="text", interpret_escapes=False)
            return Outcome(Kind.YES) if taken else Outcome(Kind.NO, "Apprise says no")

        return within(self._timeout_s, work)


def _service(at: int, address: str) -> "Apprise":
    try:
        from apprise import Apprise, AppriseAsset
    except ImportError:
        raise _wrong("is not installed; pip install 'fireline[apprise]'") from None
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it logs addresses
    service = Apprise(asset=AppriseAsset(async_mode=False, secure_logging=True, storage_mode="memory"))
    if not service.add(address):
        raise _wrong(f"does not know address {at}; its wiki says how one is written")
    return service


def _wrong(message: str) -> ConfigError:
    return ConfigError([Problem("channels.yaml", f"apprise {message}")])
