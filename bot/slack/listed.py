"""The id of a channel that is known by its name, looked for in Slack's list."""

import re
from collections.abc import Callable
from typing import Any

PAGE, MOST_PAGES = 999, 20
"""https://docs.slack.dev/reference/methods/conversations.list: below 1,000 at once, about 20 calls a minute."""
PUBLIC, ALL = "public_channel", "public_channel,private_channel"
ID = re.compile(r"[CGD][A-Z0-9]+")
"""A name has no capitals: https://docs.slack.dev/reference/methods/conversations.create#naming."""


def listed(ask: Callable[..., Any], name: str, kinds: str) -> str | None:
    """`ask` is conversations.list, and raises what it likes; None: no channel of these kinds is called so."""
    cursor = ""
    for _ in range(MOST_PAGES):
        answer = ask(limit=PAGE, cursor=cursor, exclude_archived=True, types=kinds)
        for each in answer["channels"] or ():
            if each.get("id") and name in (each.get("name"), each["id"]):
                return str(each["id"])
        cursor = (answer["response_metadata"] or {}).get("next_cursor") or ""
        if not cursor:
            break
    return None
