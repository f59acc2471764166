"""Identity tokens of Google: of the file in GOOGLE_APPLICATION_CREDENTIALS, else of the machine itself.

https://docs.cloud.google.com/run/docs/authenticating/service-to-service
"""

from threading import Lock
from typing import Any

USABLE_S = 5.0
"""The server that gives tokens is asked for no longer."""
REMEDY = "set GOOGLE_APPLICATION_CREDENTIALS to a service account file, or run where a metadata server answers"


class NoToken(Exception):
    """There is no identity token to ask with. `permanent`: until a person puts something right."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class IdentityTokens:
    """One for each audience, asked for again shortly before it ends."""

    def __init__(self) -> None:
        self._held: dict[str, Any] = {}
        self._lock = Lock()

    def __call__(self, audience: str) -> str:
        """Raises NoToken."""
        from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError

        with self._lock:
            held = self._held.get(audience)
        try:
            return self._fresh(audience, held)
        except DefaultCredentialsError as error:
            raise NoToken(f"there is no identity to ask with: {REMEDY}", permanent=True) from error
        except (GoogleAuthError, ValueError) as error:
            raise NoToken(f"no identity token was given ({type(error).__name__})", permanent=False) from error

    def _fresh(self, audience: str, held: Any) -> str:
        from google.auth.transport.requests import Request
        from google.oauth2 import id_token

        asking: Any = _InTime(Request())
        asked_for: Any = id_token.fetch_id_token_credentials
        found = held if held is not None else asked_for(audience, asking)
        if not found.valid:
            found.refresh(asking)
        with self._lock:
            self._held[audience] = found
        return str(found.token)


class _InTime:
    """google-auth waits 120 seconds unless it is told otherwise."""

    def __init__(self, request: Any) -> None:
        self._request = request

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._request(*arguments, **{**named, "timeout": min(named.get("timeout") or USABLE_S, USABLE_S)})
