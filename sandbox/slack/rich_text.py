"""The rich_text block: sections, lists, quotes, preformatted text, and their leaves.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from . import limits
from .schema import Arr, Bool, ByType, Num, Obj, Rule, Str, typed

_STYLE = Obj(
    {
        name: Bool()
        for name in ("bold", "code", "italic", "strike", "underline", "highlight", "client_highlight", "unlink")
    }
)


def _leaf(kind: str, fields: dict[str, Rule], required: tuple[str, ...]) -> Obj:
    return typed(kind, {"style": _STYLE, **fields}, required)


_TEXT = _leaf("text", {"text": Str(least=1)}, ("text",))
_LINK = _leaf("link", {"url": Str(least=1), "text": Str(), "unsafe": Bool()}, ("url",))
_LEAVES = ByType(
    {
        "text": _TEXT,
        "link": _LINK,
        "broadcast": _leaf("broadcast", {"range": Str(choices=("here", "channel", "everyone"))}, ("range",)),
        "color": _leaf("color", {"value": Str(pattern=r"#[0-9a-fA-F]{3,8}")}, ("value",)),
        "channel": _leaf("channel", {"channel_id": Str(least=1)}, ("channel_id",)),
        "date": _leaf(
            "date",
            {"timestamp": Num(0), "format": Str(least=1), "url": Str(), "fallback": Str()},
            ("timestamp", "format"),
        ),
        "emoji": _leaf(
            "emoji", {"name": Str(least=1), "unicode": Str(), "url": Str(), "skin_tone": Num(1, 6)}, ("name",)
        ),
        "team": _leaf("team", {"team_id": Str(least=1)}, ("team_id",)),
        "user": _leaf("user", {"user_id": Str(least=1)}, ("user_id",)),
        "usergroup": _leaf("usergroup", {"usergroup_id": Str(least=1)}, ("usergroup_id",)),
    }
)
_BORDER: dict[str, Rule] = {"border": Num(0, 1)}

RICH_TEXT_SECTION = typed("rich_text_section", {"elements": Arr(_LEAVES)}, ("elements",))
RICH_TEXT_ELEMENTS = ByType(
    {
        "rich_text_section": RICH_TEXT_SECTION,
        "rich_text_list": typed(
            "rich_text_list",
            {
                "style": Str(choices=("bullet", "ordered")),
                "elements": Arr(ByType({"rich_text_section": RICH_TEXT_SECTION}), least=1),
                "indent": Num(0, limits.LIST_INDENT),
                "offset": Num(0),
                **_BORDER,
            },
            ("style", "elements"),
        ),
        "rich_text_quote": typed("rich_text_quote", {"elements": Arr(_LEAVES), **_BORDER}, ("elements",)),
        "rich_text_preformatted": typed(
            "rich_text_preformatted",
            {"elements": Arr(ByType({"text": _TEXT, "link": _LINK})), "language": Str(), **_BORDER},
            ("elements",),
        ),
    }
)
RICH_TEXT = typed(
    "rich_text", {"block_id": Str(limits.BLOCK_ID), "elements": Arr(RICH_TEXT_ELEMENTS, least=1)}, ("elements",)
)
