"""Files, the three-step upload: ask for a URL, send the bytes, complete and share.

https://docs.slack.dev/reference/methods/files.completeUploadExternal
"""

from typing import Any

from .. import limits, posting
from ..core import Core
from ..errors import SlackError
from ..escaping import escaped
from ..message_args import checked_blocks
from .call import TIER_4, Args, Method
from .places import joined, stored_message, visible


def get_upload_url(core: Core, args: Args) -> dict[str, Any]:
    name, length = args.need("filename"), args.integer("length", 0)
    if length <= 0:
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] length must be more than 0"]})
    alt_text = args.text("alt_txt") or args.text("alt_text")
    if len(alt_text) > limits.FILE_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    if args.text("snippet_type") and length > limits.SNIPPET_BYTES:
        raise SlackError("snippet_too_large")
    if length > limits.FILE_BYTES:
        raise SlackError("file_upload_size_restricted")
    file = core.files.ask(name, length, core.identity.bot_user_id, alt_text, core.now(), core.base_url)
    url = f"{core.base_url}/upload/v1/{file['id']}/{core.files.upload_key(file['id'])}"
    return {"upload_url": url, "file_id": file["id"]}


def complete_upload(core: Core, args: Args) -> dict[str, Any]:
    given = args.json("files")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) and "id" in one for one in given):
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: files"]})
    blocks = checked_blocks(core, args.given.get("blocks"))
    if blocks and args.text("initial_comment"):
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] blocks or initial_comment"]})
    channels = [_target(core, channel) for channel in _targets(args)]
    thread_ts = args.timestamp("thread_ts")
    if thread_ts is not None:
        if len(channels) != 1:
            raise SlackError("invalid_arguments")
        stored_message(core, channels[0]["id"], thread_ts)
    files = [_ready(core, one) for one in given]
    for file in files:
        core.files.complete(file)
    comment = escaped(args.text("initial_comment"))
    core.delivery.spawn(_share_later(core, channels, files, comment, blocks, thread_ts))
    return {"files": [{"id": file["id"], "title": file["title"]} for file in files]}


def _targets(args: Args) -> list[str]:
    channels = args.words("channels")
    if args.text("channel_id"):
        channels.append(args.text("channel_id"))
    if len(channels) > limits.FILE_SHARES:
        raise SlackError("invalid_channel")
    return channels


def _target(core: Core, channel: str) -> dict[str, Any]:
    found = visible(core, channel)
    if not joined(core, found):
        raise SlackError("not_in_channel")
    if found.get("is_archived"):
        raise SlackError("is_archived")
    return found


def _ready(core: Core, given: dict[str, Any]) -> dict[str, Any]:
    state = core.files.state(str(given["id"]))
    if state is None:
        raise SlackError("file_not_found")
    if state == "complete":
        raise SlackError("file_update_failed")
    if state == "asked":
        raise SlackError("file_not_found")
    file = core.files.get(str(given["id"]), state="uploaded")
    assert file is not None
    return {**file, "title": str(given.get("title") or file["title"])}


async def _share_later(core: Core, channels: list[dict[str, Any]], files: list[dict[str, Any]], *message: Any) -> None:
    """Slack answers first and shares afterwards."""
    await core.clock.sleep(limits.FILE_SHARE_SECONDS)
    for channel in channels:
        _share(core, channel, files, *message)


def _share(
    core: Core,
    channel: dict[str, Any],
    files: list[dict[str, Any]],
    comment: str,
    blocks: list[dict[str, Any]] | None,
    thread_ts: str | None,
) -> None:
    """Post the files into a channel as the app's message."""
    message = posting.bot_message(
        core, comment, thread_ts=thread_ts, blocks=blocks, files=files, upload=False, subtype="file_share"
    )
    key = {"channel": "channels", "private": "groups", "im": "ims"}[channel["kind"]]
    where = "public" if channel["kind"] == "channel" else "private"
    for file in files:
        file[key] = [*file[key], channel["id"]]
        shares = file["shares"].setdefault(where, {}).setdefault(channel["id"], [])
        shares.append({"ts": message["ts"], "channel_name": channel.get("name", ""), "team_id": core.identity.team_id})
        core.files.complete(file)
    posting.post(core, channel, message)


_WRITE = ("files:write",)
METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, _WRITE, TIER_4),
    "files.completeUploadExternal": Method(complete_upload, _WRITE, TIER_4),
}
