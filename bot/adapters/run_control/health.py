"""A service's health path, asked with an identity token where it is on Cloud Run: no redirect, no second try."""

from collections.abc import Callable
from http.client import HTTPException
from urllib.parse import urlsplit

from bot.adapters.run_control.identity import NoToken
from bot.adapters.run_control.over_http import LARGEST_ANSWER, private
from bot.adapters.run_control.target import Forbidden, connection_to
from bot.attempt import Attempt, within
from bot.domain.delivery import Outcome
from bot.domain.platform.registry import Control, Service
from bot.ports.health_probe import Health

ANSWERS_WITHIN_S = 10.0


class HttpHealth:
    """Implements `bot.ports.health_probe.HealthProbe`. `token` gives the identity token for an audience."""

    def __init__(self, token: Callable[[str], str], timeout_s: float = ANSWERS_WITHIN_S) -> None:
        self._token, self._timeout_s = token, timeout_s

    def of(self, service: Service) -> Health:
        address, path = service.address, service.health_path
        if address is None or path is None:
            lacking = " and no ".join(name for name in ("address", "health_path") if not getattr(service, name))
            return Health(None, f"its health is not asked: the registry names no {lacking} of {service.name}")
        with_token = service.asked_by is not Control.HTTP
        if with_token and not private(address):
            return Health(None, f"{address} is no https address: a token is not sent in the clear")
        try:
            heard = within(self._timeout_s, lambda attempt: self._asked(attempt, address, path, with_token=with_token))
        except (NoToken, Forbidden) as error:
            return Health(None, f"{path} could not be asked: {error}")
        except HTTPException:
            return Health(False, f"{path} gives no answer over HTTP")
        if isinstance(heard, Outcome):
            return Health(False, f"{path} gives no answer: {heard.reason}")
        return Health(200 <= heard < 300, f"{path} answers HTTP status {heard}")

    def _asked(self, attempt: Attempt, address: str, path: str, *, with_token: bool) -> int:
        headers = {"User-Agent": "fireline", "Accept": "application/json"}
        if with_token:
            headers["Authorization"] = f"Bearer {self._token(address)}"
        connection = connection_to(address, self._timeout_s)
        attempt.begin(connection.sock)
        try:
            connection.request("GET", urlsplit(address).path + path, headers=headers)
            response = connection.getresponse()
            response.read(LARGEST_ANSWER)
            return response.status
        finally:
            connection.close()
