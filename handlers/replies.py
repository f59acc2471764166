"""How a handler works and answers: long work on a bounded pool, answers where they were asked for."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import BadInput
from bot.domain.incidents.incident import MessageRef
from bot.views import failure
from bot.views.blocks import Card
from bot.views.charts import Chart
from handlers.payloads import mapping
from handlers.slack_calls import Refused, Unconfirmed, asked

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger("fireline.slack")


class Busy(BadInput):
    """Too much is being worked on already."""

    retryable = True


class WorkPool:
    """Services are synchronous: they run on a few threads. More than `waiting` requests at once are turned away."""

    def __init__(self, threads: int = 4, waiting: int = 64) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="fireline-work")
        self._places = asyncio.Semaphore(waiting)
        self._beside = set[asyncio.Task[None]]()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._places.locked():
            raise Busy("I am answering too many requests just now.")
        async with self._places:
            loop = asyncio.get_running_loop()
            context = copy_context()
            return await loop.run_in_executor(self._threads, lambda: context.run(work, *args, **kwargs))

    def beside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Goes on beside the requests, until this is closed at the latest."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return task

    def close(self) -> None:
        for task in self._beside:
            task.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class Document:
    """A file that is no picture."""

    filename: str
    title: str
    content: bytes

    @property
    def alt_text(self) -> str:
        """The file itself: it is text."""
        return self.content.decode()

    def upload(self) -> dict[str, Any]:
        """One entry of files_upload_v2."""
        return {"content": self.content, "filename": self.filename, "title": self.title}


@dataclass(frozen=True)
class Place:
    """Where a request came from. `message_ts` and `ephemeral` speak of the message whose button was pressed,
    `asked_at` of the message that mentioned the app, `direct` of one that was written to the app itself.
    """

    user: str
    channel: str | None
    message_ts: str | None = None
    thread_ts: str | None = None
    asked_at: str | None = None
    ephemeral: bool = False
    direct: bool = False

    @property
    def message(self) -> MessageRef | None:
        """The message whose button was pressed."""
        return MessageRef(self.channel, self.message_ts) if self.channel and self.message_ts else None

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Place":
        """Read from any payload; what is absent stays None."""
        container = mapping(body.get("container"))
        event = mapping(body.get("event"))
        message = mapping(body.get("message"))
        user = body.get("user_id") or mapping(body.get("user")).get("id") or event.get("user") or ""
        clicked_in = mapping(body.get("channel")).get("id") or container.get("channel_id")
        channel = body.get("channel_id") or clicked_in or event.get("channel")
        return cls(
            user=str(user),
            channel=channel if isinstance(channel, str) else None,
            message_ts=container.get("message_ts"),
            thread_ts=message.get("thread_ts") or event.get("thread_ts"),
            asked_at=None if event.get("channel_type") == "im" else event.get("ts"),
            ephemeral=bool(container.get("is_ephemeral")),
            direct=event.get("channel_type") == "im",
        )


@dataclass(frozen=True)
class Reply:
    """One request's way back to the person who made it."""

    client: AsyncWebClient
    response_url: str | None
    pool: WorkPool
    place: Place
    workspace: str = ""
    """Its address; empty while Slack has not said it."""

    def in_thread_of(self, message: MessageRef) -> "Reply":
        """The same person's, where `message` is: what is sent is for everyone there."""
        there = replace(self.place, channel=message.channel, thread_ts=message.ts, ephemeral=False)
        return replace(self, place=there)

    async def work(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.pool.run(work, *args, **kwargs)

    async def send(self, card: Card) -> MessageRef | None:
        """Post where the request was made, for everyone there; where Slack refuses that, to the asker alone: None."""
        place = self.place
        try:
            return await self._post(card, place.channel or place.user, place.thread_ts or place.asked_at)
        except Refused as no:
            log.info("%s: answering privately", no)
            await self.privately(card)
            return None

    async def to(self, user: str, card: Card) -> None:
        """Directly to a person. Raises Refused and Unconfirmed."""
        await self._post(card, user)

    async def below(self, card: Card) -> None:
        """Into the thread of the message whose button was pressed; where Slack refuses that, to the asker alone."""
        place = self.place
        if place.ephemeral or place.channel is None:
            await self.privately(card)
            return
        try:
            await self._post(card, place.channel, place.thread_ts or place.message_ts)
        except Refused as no:
            log.info("%s: answering privately", no)
            await self.privately(card)

    async def instead(self, card: Card) -> MessageRef | None:
        """In place of a choice: posted where it was asked, and the choice, which one person saw, is deleted. Returns
        where it stands, if everyone sees it.
        """
        if not self.place.ephemeral:
            await self.edit(card)
            return self.place.message
        posted = await self.send(card)
        try:
            await self._by_hook({"delete_original": True})
        except Unconfirmed as unclear:
            log.info("%s: the choice may still be shown", unclear)
        return posted

    async def edit(self, card: Card) -> None:
        """Replace the message whose button was pressed; where Slack refuses that, answer again, privately."""
        place = self.place
        if place.ephemeral or place.channel is None or place.message_ts is None:
            if not await self._by_url(card, replace=True):
                await self._without_url(card)
            return
        update = self.client.chat_update(channel=place.channel, ts=place.message_ts, **card.payload())
        try:
            await asked("chat.update", update)
        except Refused as no:
            log.info("%s: answering privately", no)
            await self.privately(card)

    async def privately(self, card: Card) -> None:
        """To the asker alone: through the response_url, else in the channel, else directly. Raises Refused after that,
        and Unconfirmed where one way may have worked.
        """
        if not await self._by_url(card, replace=False):
            await self._without_url(card)

    async def apologise(self, card: Card) -> None:
        """The same for what may be said twice: a way that may have worked is followed by the next."""
        try:
            await self.privately(card)
        except Unconfirmed as unclear:
            log.info("%s: answering another way", unclear)
            await self._without_url(card)

    async def _by_url(self, card: Card, *, replace: bool) -> bool:
        """Through the response_url, which may be used up, too old or out of reach: then False."""
        return await self._by_hook({"response_type": "ephemeral", "replace_original": replace, **card.payload()})

    async def _by_hook(self, body: dict[str, Any]) -> bool:
        if not self.response_url:
            return False
        try:
            return await asked("response_url", self._post_to(self.response_url, body)) == 200
        except Refused as no:
            log.info("%s: answering another way", no)
            return False

    async def _post_to(self, url: str, content: Mapping[str, Any]) -> int:
        """Once, and to that address only: a redirect could lead anywhere."""
        session = self.client.session
        assert session is not None
        async with session.post(url, json=content, allow_redirects=False) as answer:
            await answer.read()
            return answer.status

    async def _without_url(self, card: Card) -> None:
        place = self.place
        if place.channel is None or place.direct:
            await self._post(card, place.channel or place.user, place.thread_ts)
            return
        # Not below the mention itself: in a thread that nobody has answered yet Slack shows no ephemeral message.
        shown = self.client.chat_postEphemeral(
            channel=place.channel, user=place.user, thread_ts=place.thread_ts, **card.payload()
        )
        try:
            await asked("chat.postEphemeral", shown)
        except Refused as no:
            log.info("%s: answering directly", no)
            await self._post(card, place.user)

    async def _post(self, card: Card, channel: str, thread_ts: str | None = None) -> MessageRef:
        """`channel` may be a person: https://docs.slack.dev/reference/methods/chat.postMessage#app_home"""
        post = self.client.chat_postMessage(
            channel=channel, thread_ts=thread_ts, unfurl_links=False, unfurl_media=False, **card.payload()
        )
        answer = await asked("chat.postMessage", post)
        return MessageRef(str(answer["channel"]), str(answer["ts"]))

    async def upload(self, attached: Sequence[Chart | Document], comment: str) -> None:
        """Files into the thread of the message, else to the asker directly; where Slack takes none, their words."""
        try:
            await self._upload(attached, comment)
        except Refused as no:
            log.info("%s: answering in words instead of files", no)
            await self.privately(failure.without_files(no.reason, comment, [item.alt_text for item in attached]))

    async def _upload(self, attached: Sequence[Chart | Document], comment: str) -> None:
        place = self.place
        if place.channel is not None and not place.ephemeral:
            try:
                await self._upload_to(place.channel, attached, comment, place.thread_ts or place.message_ts)
                return
            except Refused as no:
                log.info("%s: sending directly", no)
        opened = await asked("conversations.open", self.client.conversations_open(users=place.user))
        await self._upload_to(opened["channel"]["id"], attached, comment)

    async def _upload_to(
        self, channel: str, attached: Sequence[Chart | Document], comment: str, thread_ts: str | None = None
    ) -> None:
        files = [item.upload() for item in attached]
        upload = self.client.files_upload_v2(
            file_uploads=files, channel=channel, thread_ts=thread_ts, initial_comment=comment
        )
        await asked("files upload", upload)
