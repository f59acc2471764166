"""How a handler works and answers: long work on a bounded pool, answers where they were asked for."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.errors import BadInput
from bot.views.blocks import Card
from bot.views.charts import Chart

P = ParamSpec("P")
T = TypeVar("T")

NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "no_permission"})
"""The app may not post in that channel: https://docs.slack.dev/reference/methods/chat.postMessage#errors"""
GONE = frozenset({"message_not_found", "cant_update_message", "channel_not_found", "edit_window_closed"})
"""The message can no longer be edited: https://docs.slack.dev/reference/methods/chat.update#errors"""


def code_of(error: SlackApiError) -> str:
    """Slack's own word for it; the HTTP status where something in front of Slack answered instead."""
    data = error.response.data
    return str(data.get("error")) if isinstance(data, dict) else f"HTTP status {error.response.status_code}"


class Busy(BadInput):
    """Too much is being worked on already."""

    retryable = True


class WorkPool:
    """Services are synchronous: they run on a few threads. More than `waiting` requests at once are turned away."""

    def __init__(self, threads: int = 4, waiting: int = 64) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="fireline-work")
        self._places = asyncio.Semaphore(waiting)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._places.locked():
            raise Busy("I am answering too many requests just now.")
        async with self._places:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, lambda: work(*args, **kwargs))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class Document:
    """A file that is no picture."""

    filename: str
    title: str
    content: bytes

    def upload(self) -> dict[str, Any]:
        """One entry of files_upload_v2."""
        return {"content": self.content, "filename": self.filename, "title": self.title}


@dataclass(frozen=True)
class Place:
    """Where a request came from. `message_ts` and `ephemeral` speak of the message whose button was pressed,
    `asked_at` of the message that mentioned the app.
    """

    user: str
    channel: str | None
    message_ts: str | None = None
    thread_ts: str | None = None
    asked_at: str | None = None
    ephemeral: bool = False

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Place":
        """Read from any payload; what is absent stays None."""
        container = _mapping(body.get("container"))
        event = _mapping(body.get("event"))
        message = _mapping(body.get("message"))
        user = body.get("user_id") or _mapping(body.get("user")).get("id") or event.get("user") or ""
        channel = body.get("channel_id") or _mapping(body.get("channel")).get("id") or event.get("channel")
        return cls(
            user=str(user),
            channel=channel if isinstance(channel, str) else None,
            message_ts=container.get("message_ts"),
            thread_ts=message.get("thread_ts") or event.get("thread_ts"),
            asked_at=event.get("ts"),
            ephemeral=bool(container.get("is_ephemeral")),
        )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True)
class Reply:
    """One request's way back to the person who made it."""

    client: AsyncWebClient
    response_url: str | None
    pool: WorkPool
    place: Place

    async def work(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.pool.run(work, *args, **kwargs)

    async def send(self, card: Card) -> None:
        """Post where the request was made, for everyone there; where the app is no member, to the asker alone."""
        try:
            await self._post(card)
        except SlackApiError as error:
            if code_of(error) not in NOT_THERE:
                raise
            await self.privately(card)

    async def _post(self, card: Card) -> None:
        await self.client.chat_postMessage(
            channel=self.place.channel or self.place.user,
            thread_ts=self.place.thread_ts or self.place.asked_at,
            unfurl_links=False,
            unfurl_media=False,
            **card.payload(),
        )

    async def edit(self, card: Card) -> None:
        """Replace the message whose button was pressed; when it is gone, post anew."""
        place = self.place
        if place.ephemeral or place.channel is None or place.message_ts is None:
            if not await self._by_url(card, replace=True):
                await self._privately_in_channel(card)
            return
        try:
            await self.client.chat_update(channel=place.channel, ts=place.message_ts, **card.payload())
        except SlackApiError as error:
            if code_of(error) not in GONE:
                raise
            await self.privately(card)

    async def privately(self, card: Card) -> None:
        """To the asker alone."""
        if not await self._by_url(card, replace=False):
            await self._privately_in_channel(card)

    async def _by_url(self, card: Card, *, replace: bool) -> bool:
        """Through the response_url, which may be used up or too old: then False."""
        if not self.response_url:
            return False
        # The SDK's default would send again what was cut off, which may have arrived.
        hook = AsyncWebhookClient(self.response_url, session=self.client.session, retry_handlers=[])
        answer = await hook.send(response_type="ephemeral", replace_original=replace, **card.payload())
        return answer.status_code == 200

    async def _privately_in_channel(self, card: Card) -> None:
        place = self.place
        if place.channel is None:
            return
        # Not below the mention itself: in a thread that nobody has answered yet Slack shows no ephemeral message.
        await self.client.chat_postEphemeral(
            channel=place.channel, user=place.user, thread_ts=place.thread_ts, **card.payload()
        )

    async def upload(self, attached: Sequence[Chart | Document], comment: str) -> None:
        """Files into the thread of the message; where the app is no member, to the asker directly."""
        place = self.place
        files = [item.upload() for item in attached]
        if place.channel is not None and not place.ephemeral:
            try:
                await self.client.files_upload_v2(
                    file_uploads=files,
                    channel=place.channel,
                    thread_ts=place.thread_ts or place.message_ts,
                    initial_comment=comment,
                )
                return
            except SlackApiError as error:
                if code_of(error) not in NOT_THERE:
                    raise
        opened = await self.client.conversations_open(users=place.user)
        await self.client.files_upload_v2(file_uploads=files, channel=opened["channel"]["id"], initial_comment=comment)
