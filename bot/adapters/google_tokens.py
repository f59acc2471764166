"""Identity tokens of Google, as Pub/Sub signs its pushes.

https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions
"""

import json
import re
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from threading import Lock
from typing import Any

from bot.domain.redaction import visible
from bot.ports.identity_tokens import KeysUnknown, WrongToken

CERTS_URL = "https://www.googleapis.com/oauth2/v1/certs"
ISSUERS = ("accounts.google.com", "https://accounts.google.com")
LONGEST_TOKEN, LARGEST_CERTS = 8_192, 1_000_000
SKEW_S = 10
TIMEOUT_S = 5.0
LEAST_S, MOST_S = 60.0, 86_400.0
"""Keys are held for as long as the issuer says, within these; a key that is not among them is asked for so often."""
_TOKEN = re.compile(r"[\w-]{1,2000}\.[\w-]{1,6000}\.[\w-]{1,2000}", re.ASCII)
_MAX_AGE = re.compile(r"\bmax-age=(\d{1,9})\b")


class GoogleTokens:
    """Believes tokens for `audience` that the service account `account` was given. `seconds`: a clock nobody sets."""

    def __init__(self, audience: str, account: str, seconds: Callable[[], float], certs_url: str = CERTS_URL) -> None:
        self._audience, self._account = audience, account
        self._certs = _Certs(certs_url, seconds)

    def check(self, token: str) -> None:
        from google.auth.exceptions import GoogleAuthError
        from google.auth.jwt import decode_header
        from google.oauth2.id_token import verify_token

        if len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token):
            raise WrongToken("it is no token")
        try:
            header = decode_header(token)  # type: ignore[no-untyped-call]
            if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
                raise WrongToken("it is not signed as Google signs")
            self._certs.expect(header["kid"])
            certs: Any = self._certs
            claims = verify_token(token, certs, self._audience, self._certs.url, SKEW_S)
        except (GoogleAuthError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise WrongToken(_said(error)) from error
        self._refuse(claims)

    def _refuse(self, claims: Mapping[str, Any]) -> None:
        if claims.get("iss") not in ISSUERS:
            raise WrongToken("another issuer")
        if claims.get("aud") != self._audience:
            raise WrongToken("another audience")
        if claims.get("email_verified") is not True or claims.get("email") != self._account:
            raise WrongToken("another account")


def _said(error: Exception) -> str:
    """Without the bytes that a stranger sent."""
    return visible(str(error).partition(": b'")[0])[:120] or type(error).__name__


class _Answer:
    """As google-auth wants an answer of HTTP."""

    def __init__(self, data: bytes) -> None:
        self.status, self.data, self.headers = 200, data, dict[str, str]()


class _Certs:
    """The issuer's keys, held for as long as it says. A transport of google-auth."""

    def __init__(self, url: str, seconds: Callable[[], float]) -> None:
        self.url, self._seconds, self._lock = url, seconds, Lock()
        self._data, self._kids = b"", frozenset[str]()
        self._good_until = self._asked_at = float("-inf")

    def __call__(self, url: str, method: str = "GET", **_: Any) -> _Answer:  # noqa: ARG002 (google-auth's)
        with self._lock:
            if self._seconds() >= self._good_until:
                self._fetch()
            return _Answer(self._data)

    def expect(self, kid: str) -> None:
        """A key may be new: ask again, now and then."""
        with self._lock:
            if kid not in self._kids and self._seconds() >= self._asked_at + LEAST_S:
                self._fetch()

    def _fetch(self) -> None:
        self._asked_at = self._seconds()
        try:
            with urllib.request.urlopen(self.url, timeout=TIMEOUT_S) as answer:
                data, control = answer.read(LARGEST_CERTS), answer.headers.get("Cache-Control", "")
            kids = frozenset(json.loads(data))
        except (OSError, HTTPException, ValueError, TypeError, RecursionError) as error:
            raise KeysUnknown(f"The keys of Google cannot be read ({error}).") from error
        age = _MAX_AGE.search(control)
        held = min(MOST_S, max(LEAST_S, float(age[1]) if age else LEAST_S))
        self._data, self._kids, self._good_until = data, kids, self._asked_at + held
