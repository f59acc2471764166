"""What a request of the page has in its body."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web


async def json_body(request: web.Request) -> Mapping[str, Any]:
    """The object of its JSON; empty where it has none."""
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
