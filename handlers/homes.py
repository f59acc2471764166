"""The Homes that were opened lately: each is published again when what it shows has changed.

What changes within LOOK_S is one publication a person, and nobody's is published again while it says the same.
"""

import asyncio
import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.domain.errors import FirelineError
from bot.domain.reports.home import Home
from bot.services.app import AppServices
from bot.views import home
from handlers.replies import Reply
from handlers.slack_calls import Refused, SlackFailure, asked

LOOK_S = 2.0
LATELY_S = 2 * 3_600.0
"""Slack does not say when a Home is left."""
MOST = 200
EVER = datetime.min.replace(tzinfo=UTC)
PACE_S = 0.6
"""100 a minute: https://docs.slack.dev/reference/methods/views.publish is of tier 4."""
LEFT = frozenset({"user_not_found", "user_disabled", "team_not_found"})
NOT_TAKEN = frozenset({"invalid_arguments", "invalid_blocks", "invalid_blocks_format", "view_too_large"})
"""https://docs.slack.dev/reference/methods/views.publish#errors"""
log = logging.getLogger("fireline.slack")
View = dict[str, Any]


@dataclass
class _Opened:
    """`says`: what was published last, but for its moment. One publication at a time, the newest is the last."""

    reply: Reply
    at: float
    says: str = ""
    as_of: datetime = EVER
    publishing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Homes:
    def __init__(self, services: AppServices) -> None:
        self._services = services
        self._opened: dict[str, _Opened] = {}
        self._looking: asyncio.Task[None] | None = None
        self._mark: object = None

    async def opened(self, reply: Reply) -> None:
        """Publish it, and follow it for LATELY_S. Raises Refused and Unconfirmed."""
        known = self._opened.pop(reply.place.user, None) or _Opened(reply, 0.0)
        known.reply, known.at, known.says = reply, asyncio.get_running_loop().time(), ""
        self._opened[reply.place.user] = known
        for user in list(self._opened)[:-MOST]:
            del self._opened[user]
        if self._looking is None or self._looking.done():
            self._looking = reply.pool.beside(self._look())
        await self._publish(known, await reply.work(self._services.home.of, self._services.now()))

    async def _look(self) -> None:
        """While anybody has opened theirs lately."""
        while self._opened:
            await asyncio.sleep(LOOK_S)
            lately = asyncio.get_running_loop().time() - LATELY_S
            self._opened = {user: each for user, each in self._opened.items() if each.at >= lately}
            try:
                await self._follow(list(self._opened.values()))
            except FirelineError as error:
                log.info("Homes are looked at again: %s", error)

    async def _follow(self, opened: list[_Opened]) -> None:
        mark = await opened[0].reply.work(self._services.home.mark) if opened else self._mark
        if mark == self._mark:
            return
        found = await opened[0].reply.work(self._services.home.of, self._services.now())
        for each in opened:
            try:
                if await self._publish(each, found):
                    await asyncio.sleep(PACE_S)
            except SlackFailure as error:
                log.info("%s: the Home of %s stays until the next change", error, each.reply.place.user)
        self._mark = mark

    async def _publish(self, each: _Opened, found: Home) -> bool:
        """False: it says the same already, or nobody is there to see it."""
        reply, user = each.reply, each.reply.place.user
        async with each.publishing:
            if found.as_of < each.as_of:
                return False
            mine = await reply.work(self._services.home.mine, user, found.as_of)
            view = home.shown(found, mine, reply.workspace)
            says = json.dumps(view).replace(json.dumps(home.moment(found))[1:-1], "")
            if says == each.says:
                return False
            there = await _put(reply, view, home.small(found.health))
            each.says, each.as_of = says, found.as_of
        if not there:
            self._opened.pop(user, None)
        return there


async def _put(reply: Reply, view: View, small: View | None = None) -> bool:
    """The small view where Slack does not take the whole one. False: the person has left, which is nobody's trouble.
    Raises Refused and Unconfirmed.
    """
    user = reply.place.user
    try:
        await asked("views.publish", reply.client.views_publish(user_id=user, view=view))
    except Refused as no:
        if no.reason in LEFT:
            log.info("%s: nobody is there to see the Home of %s", no, user)
            return False
        if small is None or no.reason not in NOT_TAKEN:
            raise
        log.warning("%s: the Home of %s is the small one", no, user)
        return await _put(reply, small)
    return True
