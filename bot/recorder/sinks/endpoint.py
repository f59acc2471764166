"""Fireline's own endpoint: POST /v1/runs. The token is FIRELINE_INTAKE_TOKEN's."""

from __future__ import annotations

import json
import os
from typing import Any

from bot.recorder import clock
from bot.recorder.answers import DONE, NOT_DONE, UNKNOWN, Answer
from bot.recorder.errors import cut, words
from bot.recorder.sinks.rows import refusal, told_apart

TIMEOUT_S, ASK_S = 10.0, 3.0
AT_ONCE = 500
PATH = "/v1/runs"
TOO_LARGE = 413
NONSENSE = (TOO_LARGE, 422)
"""Fireline's answers that mean what was sent, with a list of faults. All others mean who sends it, the server, or what
lies between, and it is tried again.
"""


class EndpointSink:
    """`token` None: what FIRELINE_INTAKE_TOKEN says when it is needed."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._url, self._token = url.rstrip("/").removesuffix(PATH) + PATH, token

    def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        good, refused = told_apart(events)
        for at in range(0, len(good), AT_ONCE):
            refused += self._sent([_cut(event) for event in good[at : at + AT_ONCE]])
        return refused

    def _sent(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What it refuses whole is sent in halves, so that one event holds up no other."""
        body = json.dumps({"sent_at": clock.now().isoformat(), "events": events}).encode()
        status, answer = self._asked(body, "", TIMEOUT_S)
        said = words(answer.get("error", ""))[:200]
        if status == 200:
            return []
        if status == 422 and "accepted" in answer:
            return [refusal(events[each["event"]], _reason(each["faults"])) for each in answer["refused"]]
        ours = status in NONSENSE and isinstance(answer.get("faults"), list)
        if not ours and not (status == TOO_LARGE and len(events) > 1):
            raise OSError(f"{self._url} answers {status}: {said}")
        if len(events) == 1:
            return [refusal(events[0], f"{self._url} answers {status}: {said}")]
        half = len(events) // 2
        return self._sent(events[:half]) + self._sent(events[half:])

    def done(self, processor: str, data_date: str) -> Answer:
        from urllib.parse import urlencode

        about = urlencode({"processor_name": processor, "data_date": data_date})
        status, answer = self._asked(None, f"?{about}", ASK_S)
        if status != 200 or answer.get("state") not in (DONE, NOT_DONE, UNKNOWN):
            return Answer(UNKNOWN, f"the endpoint answers {status}: {str(answer.get('error', ''))[:200]}")
        return Answer(answer["state"], str(answer.get("why", "")))

    def _asked(self, body: bytes | None, query: str, timeout_s: float) -> tuple[int, dict[str, Any]]:
        from urllib.error import HTTPError
        from urllib.request import HTTPRedirectHandler, Request, build_opener

        class NoRedirect(HTTPRedirectHandler):
            """The token is for this address alone."""

            def redirect_request(self, *_: Any) -> None:
                return None

        token = self._token or os.environ.get("FIRELINE_INTAKE_TOKEN", "").split(",")[0]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            with build_opener(NoRedirect).open(Request(self._url + query, body, headers), timeout=timeout_s) as answer:
                return answer.status, _read(answer.read())
        except HTTPError as error:
            with error:
                return error.code, _read(error.read())


def _cut(event: dict[str, Any]) -> dict[str, Any]:
    return event | {"error_message": cut(event["error_message"])} if event.get("error_message") else event


def _reason(faults: list[dict[str, Any]]) -> str:
    return "; ".join(f"{each['field']} {each['value']} {each['error']}" for each in faults)


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
