"""Composition objects: texts, confirm dialogs, options, filters, Slack files.

https://docs.slack.dev/reference/block-kit/composition-objects
"""

from typing import Any

from . import limits
from .schema import Arr, Bool, ByType, Obj, Problem, Problems, Rule, Str, one_of, typed


def plain(most: int, least: int = 1) -> Obj:
    """A `plain_text` object; only this kind may have `emoji`."""
    return typed("plain_text", {"text": Str(most, least), "emoji": Bool()}, ("text",))


def mrkdwn(most: int, least: int = 1) -> Obj:
    """A `mrkdwn` object; only this kind may have `verbatim`."""
    return typed("mrkdwn", {"text": Str(most, least), "verbatim": Bool()}, ("text",))


def text(most: int, least: int = 1) -> ByType:
    return ByType({"plain_text": plain(most, least), "mrkdwn": mrkdwn(most, least)})


CONFIRM = Obj(
    {
        "title": plain(limits.CONFIRM_TITLE),
        "text": text(limits.CONFIRM_TEXT),
        "confirm": plain(limits.CONFIRM_BUTTON),
        "deny": plain(limits.CONFIRM_BUTTON),
        "style": Str(choices=("primary", "danger")),
    },
    ("text",),
)


def option(label: Rule, *, url: bool = False, description: Rule | None = None) -> Obj:
    fields: dict[str, Rule] = {
        "text": label,
        "value": Str(limits.OPTION_VALUE, 1),
        "description": description or plain(limits.OPTION_DESCRIPTION),
    }
    if url:
        fields["url"] = Str(limits.URL, 1)
    return Obj(fields, ("text", "value"))


SELECT_OPTION = option(plain(limits.OPTION_TEXT))
OVERFLOW_OPTION = option(plain(limits.OPTION_TEXT), url=True)
# Radio buttons and checkboxes alone may use mrkdwn.
CHOICE_OPTION = option(text(limits.OPTION_TEXT), description=text(limits.OPTION_DESCRIPTION))

OPTION_GROUP = Obj(
    {"label": plain(limits.GROUP_LABEL), "options": Arr(SELECT_OPTION, limits.OPTIONS, 1)}, ("label", "options")
)

CONVERSATION_FILTER = Obj(
    {
        "include": Arr(Str(choices=("im", "mpim", "private", "public")), 4, 1),
        "exclude_external_shared_channels": Bool(),
        "exclude_bot_users": Bool(),
    }
)

DISPATCH_CONFIG = Obj(
    {"trigger_actions_on": Arr(Str(choices=("on_enter_pressed", "on_character_entered")), 2, 1)},
)

SLACK_FILE = Obj({"id": Str(least=1), "url": Str(limits.URL, 1)}, also=(one_of("id", "url"),))

IMAGE_SOURCE: dict[str, Rule] = {"image_url": Str(limits.IMAGE_URL, 1), "slack_file": SLACK_FILE}


def public_image_url(value: dict[str, Any], at: str, into: Problems) -> None:
    """Slack fetches the picture itself, so anything but http(s) is refused."""
    url = value.get("image_url")
    if url is not None and not url.startswith(("http://", "https://")):
        into.append(Problem(f"{at}/image_url", "invalid image_url"))
