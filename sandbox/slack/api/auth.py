"""auth.test, apps.connections.open."""

from typing import Any
from urllib.parse import urlsplit

from ..core import Core
from ..errors import SlackError
from .call import Args, Method

# Slack lists it under tier 1 with an unpublished burst; reconnecting clients need some.
CONNECTIONS_PER_MINUTE = 20.0


def auth_test(core: Core, _args: Args) -> dict[str, Any]:
    identity = core.identity
    bot = core.user(identity.bot_user_id)
    return {
        "url": f"{core.base_url}/",
        "team": identity.team_name,
        "user": bot["name"] if bot else identity.bot_user_id,
        "team_id": identity.team_id,
        "user_id": identity.bot_user_id,
        "bot_id": identity.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(core: Core, _args: Args) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/apps.connections.open; the URL works once, for 30 seconds."""
    if not core.app.socket_mode:
        raise SlackError("socket_mode_not_enabled")
    ticket = core.sockets.ticket()
    host = urlsplit(core.base_url).netloc
    return {"url": f"ws://{host}/link/?ticket={ticket}&app_id={core.identity.app_id}"}


METHODS = {
    "auth.test": Method(auth_test, (), None),
    "apps.connections.open": Method(open_connection, (), CONNECTIONS_PER_MINUTE, token="app"),
}
