"""Proof of who asks: a signed token that a known issuer gave to one account, for us."""

from typing import Protocol

from bot.domain.errors import FirelineError


class WrongToken(FirelineError):
    """It proves nothing here: with the reason."""


class KeysUnknown(FirelineError):
    """The issuer's keys cannot be had just now: nothing is believed until then."""

    retryable = True


class IdentityTokens(Protocol):
    def check(self, token: str) -> None:
        """Raises WrongToken, KeysUnknown."""
        ...
