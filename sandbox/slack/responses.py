"""Messages the app sends by response_url, or in its acknowledgement of a slash command.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from typing import Any

from . import posting
from .core import Core
from .errors import SlackError
from .message_args import Content, content
from .response_urls import ResponseUrl

_FIELDS = frozenset(
    {
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "mrkdwn",
        "metadata",
        "reply_broadcast",
        "username",
        "icon_emoji",
        "icon_url",
        "link_names",
        "parse",
    }
)


def respond(core: Core, token: str, body: Any) -> None:
    """Carry out a POST to a response_url; SlackError says why not (404 for expired and used ones)."""
    url = core.response_urls.find(token)
    refusal = core.response_urls.refusal(url)
    if refusal is not None or url is None:
        raise SlackError(refusal or "expired_url", status=404)
    if not isinstance(body, dict):
        raise SlackError("invalid_payload", status=400)
    act(core, url, body)
    core.response_urls.use(url)


def act(core: Core, url: ResponseUrl, body: dict[str, Any]) -> None:
    """Post, replace or delete; `url` tells whom, where, and from which message."""
    for name in ("replace_original", "delete_original"):
        if name in body and not isinstance(body[name], bool):
            raise SlackError("invalid_payload", status=400)
    if body.get("delete_original"):
        _delete(core, url, body)
        return
    given = content(core, {name: value for name, value in body.items() if name in _FIELDS})
    response_type = body.get("response_type", "ephemeral")
    if response_type not in ("ephemeral", "in_channel"):
        raise SlackError("invalid_response_type", status=400)
    # A message acted on is replaced unless the app says otherwise; a command leaves nothing to replace.
    if url.source_ts is not None and body.get("replace_original", "response_type" not in body):
        _replace(core, url, given)
    else:
        _new(core, url, given, response_type, body)


def _delete(core: Core, url: ResponseUrl, body: dict[str, Any]) -> None:
    # It must be sent alone; Bolt adds an empty text, which does no harm.
    if any(value for name, value in body.items() if name != "delete_original"):
        raise SlackError("invalid_payload", status=400)
    if url.source_ts is None:
        raise SlackError("cant_delete_message", status=400)
    if url.ephemeral:
        core.ephemerals.remove(url.channel, url.source_ts)
        return
    channel, message = core.channels.get(url.channel), core.messages.stored(url.channel, url.source_ts)
    if channel is None or message is None:
        raise SlackError("message_not_found", status=404)
    posting.delete(core, channel, message)


def _replace(core: Core, url: ResponseUrl, given: Content) -> None:
    assert url.source_ts is not None
    if url.ephemeral:
        held = core.ephemerals.get(url.channel, url.source_ts)
        if held is None or held[0] != url.user:
            raise SlackError("message_not_found", status=404)
        core.ephemerals.replace(url.channel, url.source_ts, _fill(dict(held[1]), given))
        return
    channel, message = core.channels.get(url.channel), core.messages.stored(url.channel, url.source_ts)
    if channel is None or message is None:
        raise SlackError("message_not_found", status=404)
    if message.get("app_id") != core.identity.app_id:
        raise SlackError("cant_update_message", status=400)
    posting.change(core, channel, _fill(message, given))


def _new(core: Core, url: ResponseUrl, given: Content, response_type: str, body: dict[str, Any]) -> None:
    channel = core.channels.get(url.channel)
    if channel is None:
        raise SlackError("channel_not_found", status=404)
    message = posting.bot_message(core, given.text, blocks=given.blocks, attachments=given.attachments)
    thread_ts = body.get("thread_ts") or (url.thread_ts if response_type == "ephemeral" else None)
    if thread_ts:
        message["thread_ts"] = str(thread_ts)
    if response_type == "in_channel":
        if body.get("replace_original"):
            raise SlackError("cant_update_message", status=400)
        if thread_ts and core.messages.stored(url.channel, str(thread_ts)) is None:
            raise SlackError("thread_not_found", status=400)
        if given.metadata is not None:
            message["metadata"] = given.metadata
        posting.post(core, channel, message)
    else:
        core.ephemerals.show(url.user, url.channel, {**message, "is_ephemeral": True})


def _fill(message: dict[str, Any], given: Content) -> dict[str, Any]:
    message["text"] = given.text
    for name, value in (("blocks", given.blocks), ("attachments", given.attachments)):
        if value:
            message[name] = value
        else:
            message.pop(name, None)
    return message


def from_slackbot(core: Core, user: str, channel: str, text: str, thread_ts: str | None = None) -> None:
    """What Slack itself tells one user in a channel."""
    message: dict[str, Any] = {
        "type": "message",
        "user": "USLACKBOT",
        "ts": core.timestamps.next(),
        "text": text,
        "is_ephemeral": True,
    }
    if thread_ts:
        message["thread_ts"] = thread_ts
    core.ephemerals.show(user, channel, message)
