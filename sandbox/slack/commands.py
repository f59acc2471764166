"""A user runs a slash command.

https://docs.slack.dev/interactivity/implementing-slash-commands
"""

import re
from typing import Any

from . import payloads, responses
from .acting import ActFailed, ask_app, channel_for, person
from .core import Core
from .errors import SlackError
from .response_urls import ResponseUrl

_UNKNOWN = (
    '{command} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as'
    ' commands.\n\nIf you are trying to send a message and not run a command, try preceding the "/" with an empty'
    " space."
)


async def run(core: Core, user: str, channel: str, line: str, thread_ts: str | None = None) -> None:
    """Run `line` (such as `/health 7d`); a failure is shown to the user and raised as ActFailed."""
    person(core, user)
    where = channel_for(core, user, channel)
    name, _, text = line.strip().partition(" ")
    try:
        await _run(core, user, where, name, text.strip(), thread_ts)
    except ActFailed as failure:
        responses.from_slackbot(core, user, channel, failure.text, thread_ts)
        shown = {"kind": "command", "command": name}
        core.screens.show(user, "failed", where=shown, error=failure.code, message=failure.text)
        raise


async def _run(core: Core, user: str, where: dict[str, Any], name: str, text: str, thread_ts: str | None) -> None:
    command = core.app.commands.get(name)
    if command is None:
        raise ActFailed("unknown_command", _UNKNOWN.format(command=name))
    if thread_ts is not None:
        raise ActFailed("not_in_thread", f"{name} is not supported in threads. Sorry!")
    if command.should_escape:
        text = escape_names(core, text)
    url = core.response_urls.give(core.base_url, "commands", user, where["id"])
    payload = payloads.slash_command(core, user, where, name, text, url)
    try:
        answer = await ask_app(core, "slash_commands", payload)
    except ActFailed as failure:
        raise ActFailed(failure.code, f'{name} failed with the error "{failure.code}"') from None
    _show_answer(core, user, where, name, answer)


def _show_answer(core: Core, user: str, where: dict[str, Any], name: str, answer: Any) -> None:
    """A body in the acknowledgement is a message: text, or the same JSON a response_url takes."""
    if answer is None or answer == "" or answer == {}:
        return
    body = {"text": answer} if isinstance(answer, str) else answer
    origin = ResponseUrl("", user, where["id"], core.clock.seconds())
    try:
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        responses.act(core, origin, body)
    except SlackError as refusal:
        reasons = refusal.fields.get("response_metadata", {}).get("messages", [])
        detail = f" ({refusal.code}: {'; '.join(reasons)})" if reasons else f" ({refusal.code})"
        text = f'{name} failed with the error "invalid_command_response"'
        raise ActFailed("invalid_command_response", text, detail=detail) from None


def escape_names(core: Core, text: str) -> str:
    """@name and #name as ids, as `should_escape` asks: `<@U01|alex>`, `<#C01|general>`, `<!subteam^S01|@oncall>`."""
    users = {one["name"].lower(): one["id"] for one in core.people.users(core.now())}
    groups = {one["handle"]: one["id"] for one in core.people.groups()}

    def named(match: re.Match[str]) -> str:
        sign, name = match.group(1), match.group(2)
        if sign == "@" and name.lower() in users:
            return f"<@{users[name.lower()]}|{name.lower()}>"
        if sign == "@" and name in groups:
            return f"<!subteam^{groups[name]}|@{name}>"
        channel = core.channels.by_name(name) if sign == "#" else None
        if channel is not None:
            # Private channels arrive without their name.
            return f"<#{channel['id']}|{name if channel['kind'] == 'channel' else ''}>"
        return match.group(0)

    return re.sub(r"(?<![\w<])([@#])([\w][\w.-]*\w|\w)", named, text)
