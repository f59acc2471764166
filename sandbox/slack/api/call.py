"""What every Web API method gets: its arguments, and how it is declared."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..core import Core
from ..errors import SlackError, invalid_arguments
from ..message_args import decoded
from ..rate_limits import TIERS
from ..timestamps import is_timestamp

TIER_2, TIER_3, TIER_4 = TIERS[2], TIERS[3], TIERS[4]

_FALSE = frozenset({"", "0", "false", "False", "none", "null"})


class Args:
    """Arguments as given: text from forms, anything from JSON bodies. Unknown ones are ignored."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given

    def text(self, name: str, default: str = "") -> str:
        value = self.given.get(name)
        if value is None:
            return default
        if isinstance(value, (dict, list, float, bool)):
            raise invalid_arguments(f"must provide a string [json-pointer:/{name}]")
        return str(value)

    def need(self, name: str) -> str:
        """The text of a required argument; `invalid_arguments` names what is missing."""
        value = self.text(name)
        if value == "":
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.given.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value) not in _FALSE

    def integer(self, name: str, default: int) -> int:
        value = self.given.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise invalid_arguments(f"must provide an integer [json-pointer:/{name}]") from None

    def limit(self, default: int, most: int) -> int:
        limit = self.integer("limit", default)
        if limit == 0:
            return default
        if not 1 <= limit <= most:
            raise SlackError("invalid_limit")
        return limit

    def words(self, name: str) -> list[str]:
        """A list, or a comma-separated text."""
        value = self.given.get(name)
        if isinstance(value, str) and value.startswith("["):
            value = decoded(value, "invalid_arguments")
        if isinstance(value, list):
            return [str(one) for one in value]
        return [one.strip() for one in self.text(name).split(",") if one.strip()]

    def timestamp(self, name: str) -> str | None:
        """A message timestamp; given as text: a number loses digits."""
        value = self.given.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise invalid_arguments(f"must provide a string [json-pointer:/{name}]")
        if not is_timestamp(value):
            raise SlackError(f"invalid_{name}" if name != "ts" else "message_not_found")
        return value

    def json(self, name: str, error: str = "invalid_arguments") -> Any:
        return decoded(self.given.get(name), error)


Handler = Callable[[Core, Args], dict[str, Any]]


@dataclass(frozen=True)
class Method:
    """`scopes` are all needed; `per_minute` None means that Slack names no limit; `per_channel` as chat.postMessage."""

    run: Handler
    scopes: tuple[str, ...] = ()
    per_minute: float | None = TIER_3
    per_channel: bool = False
    token: str = "bot"  # "bot", "app" or "none"


def need_scope(core: Core, scope: str) -> None:
    """Raise `missing_scope` as Slack does when the token has not been granted `scope`."""
    if scope not in core.app.scopes:
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(core.app.scopes)))


def page(items: list[Any], args: Args, default: int, most: int) -> tuple[list[Any], dict[str, Any]]:
    """One page of `items` by `cursor` and `limit`, and the `response_metadata` that goes with it."""
    limit, start = args.limit(default, most), 0
    cursor = args.text("cursor")
    if cursor:
        start = int(open_cursor(cursor, "offset"))
    following = start + limit
    metadata = {"next_cursor": make_cursor("offset", str(following)) if following < len(items) else ""}
    return items[start:following], {"response_metadata": metadata}


def make_cursor(kind: str, value: str) -> str:
    return base64.b64encode(f"{kind}:{value}".encode()).decode()


def open_cursor(cursor: str, kind: str) -> str:
    """The value in a cursor of this `kind`; `invalid_cursor` for anything else."""
    try:
        found, _, value = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None
    if found != kind or not value.replace(".", "").isdigit():
        raise SlackError("invalid_cursor")
    return value
