"""A service that is asked over HTTP: one request, no second try, no redirect. The request id goes with it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

from bot.adapters.run_control.identity import NoToken
from bot.adapters.run_control.target import Forbidden, connection_to
from bot.attempt import Attempt, within
from bot.domain.delivery import Kind, Outcome
from bot.domain.platform.registry import Service, ServiceRequest
from bot.ports.run_control import ANSWERS_WITHIN_S, Answer, Order, Taken
from bot.slack.outcomes import named_wait

LARGEST_ANSWER = 65_536
"""Bytes: more is not read."""
BUSY = 409
LATER = frozenset({408, 425, 429})
"""Not now: https://www.rfc-editor.org/rfc/rfc9110#name-408-request-timeout, rfc8470, rfc6585."""
NAMES = ("execution", "execution_id", "run_id", "name")
"""Where a service says what it calls the run."""
MOST_NAME = 500


@dataclass(frozen=True)
class _Heard:
    status: int
    headers: Mapping[str, str]
    body: bytes


class OverHttp:
    """`token` gives the identity token for an audience; None: the service is asked without one."""

    def __init__(self, token: Callable[[str], str] | None = None, timeout_s: float = ANSWERS_WITHIN_S) -> None:
        self._token, self._timeout_s = token, timeout_s

    def start(self, service: Service, order: Order) -> Answer:
        if service.address is None or service.request is None:
            return _refused(service.cannot_start, permanent=True)
        address, request = service.address, service.request
        if self._token is not None and not private(address):
            return _refused(f"{address} is no https address: a token is not sent in the clear", permanent=True)
        try:
            heard = within(self._timeout_s, lambda attempt: self._asked(attempt, address, request, order))
        except NoToken as error:
            return _refused(str(error), permanent=error.permanent)
        except Forbidden as error:
            return _refused(str(error), permanent=True)
        except HTTPException:
            return Answer(taken=Taken.AMBIGUOUS, reason="that is no answer over HTTP")
        return _unheard(heard) if isinstance(heard, Outcome) else _answer(heard)

    def find(self, service: Service, order: Order, since: datetime) -> Answer | None:  # noqa: ARG002 (the port's)
        """A service that keeps Idempotency-Key drops a repeat; whether it has one cannot be asked."""
        return None

    def cancel(self, service: Service, order: Order, execution: str) -> Answer:  # noqa: ARG002 (the port's)
        return _refused(f"{service.name} cannot end a run that it has begun", permanent=True)

    def _asked(self, attempt: Attempt, address: str, request: ServiceRequest, order: Order) -> _Heard:
        headers = _headers(order)
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token(address)}"
        connection = connection_to(address, self._timeout_s)
        attempt.begin(connection.sock)
        try:
            connection.request(request.method, _path(address, request, order), _body(request, order), headers)
            response = connection.getresponse()
            return _Heard(response.status, dict(response.headers.items()), response.read(LARGEST_ANSWER))
        finally:
            connection.close()


def filled(text: str, order: Order, written: Callable[[str], str]) -> str:
    """In one go: what a processor's name holds is not filled in again."""
    values = {"{processor}": order.processor, "{date}": order.data_date.isoformat()}
    first, *rest = text.split("{")
    found = [first]
    for part in rest:
        name, _, after = part.partition("}")
        found += [written(values["{" + name + "}"]), after]
    return "".join(found)


def private(address: str) -> bool:
    """May a token go there? In the clear only to this machine itself, which the registry names."""
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")


def _headers(order: Order) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": "fireline",
        "X-Request-Id": order.request_id,
        "Idempotency-Key": order.request_id,
    }


def _path(address: str, request: ServiceRequest, order: Order) -> str:
    return urlsplit(address).path + filled(request.path, order, lambda value: quote(value, safe=""))


def _body(request: ServiceRequest, order: Order) -> bytes:
    return json.dumps({name: filled(text, order, str) for name, text in request.body.items()}).encode()


def _answer(heard: _Heard) -> Answer:
    status, wait = heard.status, named_wait(heard.headers)
    if 200 <= status < 300:
        return Answer(taken=Taken.ACCEPTED, reason=f"HTTP status {status}", execution=_execution(heard.body))
    if status == BUSY:
        return Answer(taken=Taken.REFUSED, reason="it runs for that date already", busy=True, retry_after=wait)
    if status in LATER or (status == 503 and wait is not None):
        return Answer(taken=Taken.REFUSED, reason=f"HTTP status {status}", retry_after=wait)
    if status >= 500 and status != 501:
        return Answer(taken=Taken.AMBIGUOUS, reason=f"HTTP status {status}")
    return _refused(f"HTTP status {status}{_why(status)}", permanent=True)


def _why(status: int) -> str:
    if status in (401, 403):
        return ": the service does not take our identity; give it the role run.invoker"
    return ": a redirect is not followed; correct the address in registry.yaml" if 300 <= status < 400 else ""


def _execution(body: bytes) -> str:
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = (said.get(name) for name in NAMES) if isinstance(said, dict) else ()
    return next((each[:MOST_NAME] for each in found if isinstance(each, str) and each), "")


def _unheard(outcome: Outcome) -> Answer:
    taken = Taken.REFUSED if outcome.kind is Kind.NO else Taken.AMBIGUOUS
    return Answer(taken=taken, reason=outcome.reason, permanent=outcome.permanent)


def _refused(reason: str, *, permanent: bool) -> Answer:
    return Answer(taken=Taken.REFUSED, reason=reason, permanent=permanent)
