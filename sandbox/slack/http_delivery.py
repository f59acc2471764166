"""HTTP delivery: signed requests to the app's URLs.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

from .clock import Clock
from .delivery import Kind, Undelivered


@dataclass(frozen=True)
class RequestUrls:
    """Where the app listens; `options` is for external selects, which stay empty without it."""

    events: str | None = None
    commands: str | None = None
    interactivity: str | None = None
    options: str | None = None

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> "RequestUrls":
        """As a manifest for HTTP says; ValueError for commands with different addresses."""
        settings, features = manifest.get("settings", {}), manifest.get("features", {})
        commands = {one.get("url") for one in features.get("slash_commands", [])} or {None}
        if len(commands) > 1:
            raise ValueError(f"all commands need one address here; the manifest has {sorted(map(str, commands))}")
        interactivity = settings.get("interactivity", {})
        return cls(
            settings.get("event_subscriptions", {}).get("request_url"),
            commands.pop(),
            interactivity.get("request_url"),
            interactivity.get("message_menu_options_url"),
        )


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The value of X-Slack-Signature."""
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


class HttpDelivery:
    name = "http"

    def __init__(self, clock: Clock, signing_secret: str, urls: RequestUrls) -> None:
        self.urls = urls
        self._clock = clock
        self._secret = signing_secret
        self._session: aiohttp.ClientSession | None = None

    def connected(self) -> bool:
        return self.urls.interactivity is not None or self.urls.commands is not None

    def loads_options(self) -> bool:
        return self.urls.options is not None

    async def send(self, kind: Kind, payload: dict[str, Any], attempt: int, reason: str) -> Any:
        url = self._url(kind, payload)
        if url is None:
            raise Undelivered("connection_failed")
        extra = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason} if attempt else {}
        if kind == "events_api":
            return await self._post(url, json.dumps(payload).encode(), "application/json", extra)
        form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
        return await self._post(url, urlencode(form).encode(), "application/x-www-form-urlencoded", extra)

    async def verify_events_url(self, token: str) -> None:
        """Slack's url_verification; ValueError if the challenge does not come back."""
        challenge = secrets.token_urlsafe(32)
        body = json.dumps({"token": token, "challenge": challenge, "type": "url_verification"}).encode()
        answer = await self._post(str(self.urls.events), body, "application/json", {})
        if answer != challenge and not (isinstance(answer, dict) and answer.get("challenge") == challenge):
            raise ValueError(f"{self.urls.events} did not answer the challenge; got {str(answer)[:200]!r}")

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _url(self, kind: Kind, payload: dict[str, Any]) -> str | None:
        if kind == "events_api":
            return self.urls.events
        if kind == "slash_commands":
            return self.urls.commands
        return self.urls.options if payload.get("type") == "block_suggestion" else self.urls.interactivity

    async def _post(self, url: str, body: bytes, content_type: str, extra: dict[str, str]) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        timestamp = int(self._clock.seconds())
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(timestamp),
            "X-Slack-Signature": sign(self._secret, timestamp, body),
            **extra,
        }
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                return _answer(response.status, response.headers, await response.text())
        except aiohttp.ClientError:
            raise Undelivered("connection_failed") from None


def _answer(status: int, headers: Any, text: str) -> Any:
    if 300 <= status < 400:
        raise Undelivered("too_many_redirects")
    if not 200 <= status < 300:
        raise Undelivered("http_error", final=headers.get("x-slack-no-retry") == "1")
    if not text:
        return None
    if "json" in headers.get("Content-Type", ""):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
