"""Forms: Slack waits three seconds for one to open, and for the answer to one that was sent. Work may take longer."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from slack_bolt.async_app import AsyncAck

from bot.domain.errors import BadInput
from bot.views import failure, forms
from handlers.modals import open_view
from handlers.replies import Reply
from handlers.slack_calls import SlackFailure, asked

P = ParamSpec("P")
T = TypeVar("T")
WAITS_S = 2.0
"""Of Slack's three seconds, the way there and back needs some."""
SETTLES_S = 1.0
"""An edit that overtakes the answer that stands before it would be overwritten by it."""
log = logging.getLogger("fireline.slack")


class Form:
    """One that was sent. In time, Slack is told what to show; later, the view says that it is at work, and is edited.
    Work is done before it is acknowledged where there is time for that.
    """

    def __init__(self, ack: AsyncAck, reply: Reply, view: Mapping[str, Any]) -> None:
        self._ack, self._reply, self._view = ack, reply, view
        self._seconds = asyncio.get_running_loop().time
        self._until, self._late_since = self._seconds() + WAITS_S, float("inf")

    @property
    def _late(self) -> bool:
        return self._late_since < float("inf")

    async def work(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Raises what the work raises; what is not about what was entered has put the form back then."""
        task = asyncio.ensure_future(self._reply.work(work, *args, **kwargs))
        if not self._late:
            await asyncio.wait({task}, timeout=max(0.0, self._until - self._seconds()))
            if not task.done():
                await self._ack(response_action="update", view=forms.at_work(self._view))
                self._late_since = self._seconds()
        await asyncio.wait({task})
        error = task.exception()
        if self._late and error is not None and not isinstance(error, BadInput):
            await self._update(forms.again(self._view, forms.BESIDE))
        return task.result()

    async def wrong(self, field: str, words: str) -> None:
        """What is wrong with a field; the entries stay."""
        if not self._late:
            await self._ack(response_action="errors", errors={field: words})
            return
        said = forms.where(self._view, field, words)
        if not await self._update(forms.again(self._view, said)):
            await self._reply.apologise(failure.explained(forms.lost(self._view, said), retryable=False))

    async def close(self, said: str = "It is done.") -> None:
        """Slack lets nobody close a modal later: then it is edited to `said`."""
        if self._late:
            await self._update(forms.done(self._view, said))
        else:
            await self._ack()

    async def show(self, view: dict[str, Any]) -> None:
        if self._late:
            await self._update(view)
        else:
            await self._ack(response_action="update", view=view)

    async def _update(self, view: dict[str, Any]) -> bool:
        """False: somebody has closed it, or nobody knows whether it was edited."""
        await asyncio.sleep(max(0.0, self._late_since + SETTLES_S - self._seconds()))
        try:
            update = self._reply.client.views_update(view_id=str(self._view.get("id")), view=view)
            await asked("views.update", update)
        except SlackFailure as no:
            log.info("%s: the form is not shown any more", no)
            return False
        return True


async def open_form(
    reply: Reply,
    body: Mapping[str, Any],
    title: str,
    made: Callable[P, dict[str, Any]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Opened with what `made` gives; where that takes longer than a trigger lives, filled later. Raises as it does."""
    task = asyncio.ensure_future(reply.work(made, *args, **kwargs))
    await asyncio.wait({task}, timeout=WAITS_S)
    if task.done():
        await open_view(reply, body, task.result())
        return
    opening = reply.client.views_open(trigger_id=str(body.get("trigger_id", "")), view=forms.opening(title))
    opened = await asked("views.open", opening)
    await asyncio.wait({task})
    view = task.result() if task.exception() is None else forms.not_opened(title)
    await asked("views.update", reply.client.views_update(view_id=opened["view"]["id"], view=view))
    task.result()
