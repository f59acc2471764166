"""api.test, auth.test, apps.connections.open, team.info, bots.info, emoji.list."""

from typing import Any
from urllib.parse import urlsplit

from ..core import Core
from ..errors import SlackError
from .call import TIER_2, TIER_3, TIER_4, Args, Method

# Slack lists it under tier 1 with an unpublished burst; reconnecting clients need some.
CONNECTIONS_PER_MINUTE = 20.0


def api_test(_core: Core, args: Args) -> dict[str, Any]:
    if args.text("error"):
        raise SlackError(args.text("error"), args=args.given)
    return {"args": args.given}


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


def team_info(core: Core, _args: Args) -> dict[str, Any]:
    identity = core.identity
    team = {"id": identity.team_id, "name": identity.team_name, "domain": identity.team_domain, "email_domain": ""}
    return {"team": {**team, "url": f"{core.base_url}/", "icon": {"image_default": True}}}


def bots_info(core: Core, args: Args) -> dict[str, Any]:
    identity = core.identity
    if args.text("bot", identity.bot_id) != identity.bot_id:
        raise SlackError("bot_not_found")
    bot = {
        "id": identity.bot_id,
        "deleted": False,
        "name": core.app.bot_name,
        "updated": 0,
        "app_id": identity.app_id,
        "user_id": identity.bot_user_id,
        "icons": {},
    }
    return {"bot": bot}


def emoji_list(core: Core, _args: Args) -> dict[str, Any]:
    return {"emoji": {}, "cache_ts": str(core.clock.seconds())}


METHODS = {
    "api.test": Method(api_test, (), TIER_4, token="none"),
    "auth.test": Method(auth_test, (), None),
    "apps.connections.open": Method(open_connection, (), CONNECTIONS_PER_MINUTE, token="app"),
    "team.info": Method(team_info, ("team:read",), TIER_3),
    "bots.info": Method(bots_info, ("users:read",), TIER_3),
    "emoji.list": Method(emoji_list, ("emoji:read",), TIER_2),
}
