"""Which messages of a conversation are the app's own: anyone may post metadata like ours."""

from collections.abc import Mapping
from typing import Any


def is_from(message: Mapping[str, Any], identity: Mapping[str, Any]) -> bool:
    """`identity` is an answer of auth.test: https://docs.slack.dev/reference/methods/auth.test"""
    bot, user = identity.get("bot_id"), identity.get("user_id")
    return (bool(bot) and message.get("bot_id") == bot) or (bool(user) and message.get("user") == user)
