"""Blocks that must be refused: (section of slack_rules.md, what is wrong, blocks, JSON pointer of the fault)."""

from typing import Any

from .kit import (
    accessory,
    actions,
    button,
    element,
    field,
    image,
    leaf,
    mrkdwn,
    option,
    options,
    plain,
    raw,
    rich,
    rich_section,
    section,
    table,
)

Case = tuple[str, str, Any, str]


def _confirm(**more: Any) -> dict[str, Any]:
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}


GENERAL: list[Case] = [
    ("2", "51 blocks", [section()] * 51, "/blocks"),
    ("3", "block_id of 256", [section(block_id="b" * 256)], "/blocks/0/block_id"),
    ("3", "block_id twice", [section(block_id="b"), section(block_id="b")], "/blocks/1/block_id"),
    ("3", "action_id of 256", [actions(button("a" * 256))], "/blocks/0/elements/0/action_id"),
    ("3", "action_id twice in a block", [actions(button("a"), button("a"))], "/blocks/0/elements"),
    ("3", "unknown block", [{"type": "nonsense"}], "/blocks/0/type"),
    ("3", "type is no text", [{"type": 3}], "/blocks/0/type"),
    ("3", "no type", [{"text": mrkdwn()}], "/blocks/0"),
    ("3", "unknown field of a block", [section(colour="red")], "/blocks/0"),
    ("3", "unknown field of a text", [{"type": "section", "text": mrkdwn(size=3)}], "/blocks/0/text"),
    ("3", "unknown field of an element", [actions(button(color="red"))], "/blocks/0/elements/0"),
    ("3", "empty text", [{"type": "section", "text": mrkdwn("")}], "/blocks/0/text/text"),
    ("3", "text of 3,001", [{"type": "section", "text": mrkdwn("x" * 3001)}], "/blocks/0/text/text"),
    ("3", "text is a plain string", [{"type": "section", "text": "hello"}], "/blocks/0/text"),
    ("3", "text is a number", [{"type": "section", "text": {"type": "mrkdwn", "text": 3}}], "/blocks/0/text/text"),
    ("3", "emoji on mrkdwn", [{"type": "section", "text": mrkdwn(emoji=True)}], "/blocks/0/text"),
    ("3", "verbatim on plain_text", [{"type": "section", "text": plain(verbatim=True)}], "/blocks/0/text"),
    ("3", "emoji is no boolean", [{"type": "section", "text": plain(emoji="yes")}], "/blocks/0/text/emoji"),
    ("3", "text of unknown type", [{"type": "section", "text": {"type": "html", "text": "x"}}], "/blocks/0/text/type"),
    (
        "3",
        "two focused elements",
        [
            field(element("plain_text_input", focus_on_load=True)),
            field(element("datepicker", focus_on_load=True)),
        ],
        "/blocks/1/element/focus_on_load",
    ),
]

LAYOUT: list[Case] = [
    ("3 section", "neither text nor fields", [{"type": "section"}], "/blocks/0"),
    ("3 section", "no fields", [{"type": "section", "fields": []}], "/blocks/0/fields"),
    ("3 section", "11 fields", [{"type": "section", "fields": [mrkdwn()] * 11}], "/blocks/0/fields"),
    ("3 section", "field of 2,001", [{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "/blocks/0/fields/0/text"),
    ("3 section", "accessory datetimepicker", [accessory(element("datetimepicker"))], "/blocks/0/accessory/type"),
    ("3 section", "accessory plain_text_input", [accessory(element("plain_text_input"))], "/blocks/0/accessory/type"),
    (
        "3 section",
        "accessory number_input",
        [accessory(element("number_input", is_decimal_allowed=True))],
        "/blocks/0/accessory/type",
    ),
    ("3 section", "accessory is a list", [section(accessory=[button()])], "/blocks/0/accessory"),
    ("3 section", "expand is no boolean", [section(expand=1)], "/blocks/0/expand"),
    ("3 header", "text of 151", [{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text"),
    ("3 header", "mrkdwn", [{"type": "header", "text": mrkdwn()}], "/blocks/0/text/type"),
    ("3 header", "no text", [{"type": "header"}], "/blocks/0"),
    ("3 header", "level 9", [{"type": "header", "text": plain(), "level": 9}], "/blocks/0/level"),
    ("3 context", "no elements", [{"type": "context", "elements": []}], "/blocks/0/elements"),
    ("3 context", "11 elements", [{"type": "context", "elements": [mrkdwn()] * 11}], "/blocks/0/elements"),
    ("3 context", "a button", [{"type": "context", "elements": [button()]}], "/blocks/0/elements/0/type"),
    ("3 context", "elements missing", [{"type": "context"}], "/blocks/0"),
    ("3 actions", "no elements", [actions()], "/blocks/0/elements"),
    ("3 actions", "26 elements", [actions(*[button(f"a{n}") for n in range(26)])], "/blocks/0/elements"),
    ("3 actions", "an image", [actions(image())], "/blocks/0/elements/0/type"),
    ("3 actions", "plain_text_input", [actions(element("plain_text_input"))], "/blocks/0/elements/0/type"),
    ("3 actions", "elements is an object", [{"type": "actions", "elements": {}}], "/blocks/0/elements"),
    (
        "3 context_actions",
        "a button",
        [{"type": "context_actions", "elements": [button()]}],
        "/blocks/0/elements/0/type",
    ),
    (
        "3 context_actions",
        "feedback without negative",
        [
            {
                "type": "context_actions",
                "elements": [element("feedback_buttons", positive_button={"text": plain(), "value": "v"})],
            }
        ],
        "/blocks/0/elements/0",
    ),
    ("3 divider", "with text", [{"type": "divider", "text": plain()}], "/blocks/0"),
    ("3 image", "no alt_text", [{"type": "image", "image_url": "https://example.com/a.png"}], "/blocks/0"),
    ("3 image", "alt_text of 2,001", [image(alt_text="x" * 2001)], "/blocks/0/alt_text"),
    ("3 image", "empty alt_text", [image(alt_text="")], "/blocks/0/alt_text"),
    ("3 image", "neither url nor file", [{"type": "image", "alt_text": "x"}], "/blocks/0"),
    ("3 image", "both url and file", [image(slack_file={"id": "F1"})], "/blocks/0"),
    ("3 image", "url of 3,001", [image(image_url="https://e.com/" + "x" * 2990)], "/blocks/0/image_url"),
    ("3 image", "url is no URL", [image(image_url="chart.png")], "/blocks/0/image_url"),
    ("3 image", "title mrkdwn", [image(title=mrkdwn())], "/blocks/0/title/type"),
    ("3 image", "title of 2,001", [image(title=plain("x" * 2001))], "/blocks/0/title/text"),
    (
        "3 image",
        "file that does not exist",
        [{"type": "image", "alt_text": "x", "slack_file": {"id": "F404"}}],
        "/blocks/0/slack_file",
    ),
    (
        "3 image",
        "file by id and url",
        [{"type": "image", "alt_text": "x", "slack_file": {"id": "F1", "url": "u"}}],
        "/blocks/0/slack_file",
    ),
    (
        "3 image",
        "image element without alt_text",
        [accessory({"type": "image", "image_url": "https://e.com/a.png"})],
        "/blocks/0/accessory",
    ),
    ("3 input", "no label", [{"type": "input", "element": element("plain_text_input")}], "/blocks/0"),
    ("3 input", "no element", [{"type": "input", "label": plain()}], "/blocks/0"),
    ("3 input", "label mrkdwn", [field(element("plain_text_input"), label=mrkdwn())], "/blocks/0/label/type"),
    (
        "3 input",
        "label of 2,001",
        [field(element("plain_text_input"), label=plain("x" * 2001))],
        "/blocks/0/label/text",
    ),
    ("3 input", "hint of 2,001", [field(element("plain_text_input"), hint=plain("x" * 2001))], "/blocks/0/hint/text"),
    ("3 input", "a button", [field(button())], "/blocks/0/element/type"),
    ("3 input", "overflow", [field(element("overflow", options=options(2)))], "/blocks/0/element/type"),
    ("3 rich_text", "no elements", [rich()], "/blocks/0/elements"),
    ("3 rich_text", "empty leaf", [rich(rich_section(leaf("")))], "/blocks/0/elements/0/elements/0/text"),
    (
        "3 rich_text",
        "indent 9",
        [rich({"type": "rich_text_list", "style": "bullet", "indent": 9, "elements": [rich_section(leaf())]})],
        "/blocks/0/elements/0/indent",
    ),
    (
        "3 rich_text",
        "list of unknown style",
        [rich({"type": "rich_text_list", "style": "dashes", "elements": [rich_section(leaf())]})],
        "/blocks/0/elements/0/style",
    ),
    (
        "3 rich_text",
        "user in preformatted",
        [rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]})],
        "/blocks/0/elements/0/elements/0/type",
    ),
    ("3 rich_text", "leaf outside a section", [rich(leaf())], "/blocks/0/elements/0/type"),
    (
        "3 rich_text",
        "unknown style",
        [rich(rich_section(leaf(style={"blink": True})))],
        "/blocks/0/elements/0/elements/0/style",
    ),
    ("3 markdown", "12,001 characters", [{"type": "markdown", "text": "x" * 12001}], "/blocks/0/text"),
    ("3 markdown", "12,001 over two blocks", [{"type": "markdown", "text": "x" * 6001}] * 2, "/blocks"),
    ("3 markdown", "no text", [{"type": "markdown"}], "/blocks/0"),
    ("3 file", "cannot be sent", [{"type": "file", "external_id": "x", "source": "remote"}], "/blocks/0/type"),
]

TABLES: list[Case] = [
    ("3 table", "101 rows", [table(*[[raw()]] * 101)], "/blocks/0/rows"),
    ("3 table", "21 cells", [table([raw()] * 21)], "/blocks/0/rows/0"),
    ("3 table", "empty cell", [table([raw("")])], "/blocks/0/rows/0/0/text"),
    ("3 table", "cell is text", [table(["x"])], "/blocks/0/rows/0/0"),  # type: ignore[list-item]
    ("3 table", "mrkdwn cell", [table([mrkdwn()])], "/blocks/0/rows/0/0/type"),
    ("3 table", "21 column settings", [table([raw()], column_settings=[{}] * 21)], "/blocks/0/column_settings"),
    (
        "3 table",
        "unknown alignment",
        [table([raw()], column_settings=[{"align": "justify"}])],
        "/blocks/0/column_settings/0/align",
    ),
    ("3 table", "10,001 characters", [table([raw("x" * 5001), raw("x" * 5000)])], "/blocks/0/rows"),
    ("3 table", "no rows", [{"type": "table"}], "/blocks/0"),
]

ALERTS: list[Case] = [
    ("3 alert", "in a message", [{"type": "alert", "text": plain()}], "/blocks/0/type"),
]

_E = "/blocks/0/elements/0"
ELEMENTS: list[Case] = [
    ("3 button", "text of 76", [actions(button(text=plain("x" * 76)))], f"{_E}/text/text"),
    ("3 button", "text mrkdwn", [actions(button(text=mrkdwn()))], f"{_E}/text/type"),
    ("3 button", "no text", [actions(element("button"))], _E),
    ("3 button", "value of 2,001", [actions(button(value="x" * 2001))], f"{_E}/value"),
    ("3 button", "value is a number", [actions(button(value=7))], f"{_E}/value"),
    ("3 button", "url of 3,001", [actions(button(url="https://e.com/" + "x" * 2990))], f"{_E}/url"),
    ("3 button", "style default", [actions(button(style="default"))], f"{_E}/style"),
    (
        "3 button",
        "accessibility_label of 76",
        [actions(button(accessibility_label="x" * 76))],
        f"{_E}/accessibility_label",
    ),
    ("3 button", "agent_prompt of 4,001", [actions(button(agent_prompt="x" * 4001))], f"{_E}/agent_prompt"),
    (
        "3 confirm",
        "title of 101",
        [actions(button(confirm=_confirm(title=plain("x" * 101))))],
        f"{_E}/confirm/title/text",
    ),
    ("3 confirm", "text of 301", [actions(button(confirm=_confirm(text=plain("x" * 301))))], f"{_E}/confirm/text/text"),
    (
        "3 confirm",
        "confirm of 31",
        [actions(button(confirm=_confirm(confirm=plain("x" * 31))))],
        f"{_E}/confirm/confirm/text",
    ),
    ("3 confirm", "deny of 31", [actions(button(confirm=_confirm(deny=plain("x" * 31))))], f"{_E}/confirm/deny/text"),
    ("3 confirm", "title mrkdwn", [actions(button(confirm=_confirm(title=mrkdwn())))], f"{_E}/confirm/title/type"),
    ("3 confirm", "no text", [actions(button(confirm={"title": plain()}))], f"{_E}/confirm"),
    ("3 static_select", "no options", [actions(element("static_select"))], _E),
    ("3 static_select", "empty options", [actions(element("static_select", options=[]))], f"{_E}/options"),
    ("3 static_select", "101 options", [actions(element("static_select", options=options(101)))], f"{_E}/options"),
    (
        "3 static_select",
        "options and groups",
        [
            actions(
                element("static_select", options=options(1), option_groups=[{"label": plain(), "options": options(1)}])
            )
        ],
        _E,
    ),
    (
        "3 static_select",
        "101 groups",
        [actions(element("static_select", option_groups=[{"label": plain(), "options": options(1)}] * 101))],
        f"{_E}/option_groups",
    ),
    (
        "3 static_select",
        "group label of 76",
        [actions(element("static_select", option_groups=[{"label": plain("x" * 76), "options": options(1)}]))],
        f"{_E}/option_groups/0/label/text",
    ),
    (
        "3 static_select",
        "101 options in a group",
        [actions(element("static_select", option_groups=[{"label": plain(), "options": options(101)}]))],
        f"{_E}/option_groups/0/options",
    ),
    (
        "3 static_select",
        "initial not among options",
        [actions(element("static_select", options=options(2), initial_option=option("z")))],
        f"{_E}/initial_option",
    ),
    (
        "3 static_select",
        "placeholder of 151",
        [actions(element("static_select", options=options(2), placeholder=plain("x" * 151)))],
        f"{_E}/placeholder/text",
    ),
    (
        "3 option",
        "text of 76",
        [actions(element("static_select", options=[option(text="x" * 76)]))],
        f"{_E}/options/0/text/text",
    ),
    (
        "3 option",
        "mrkdwn in a select",
        [actions(element("static_select", options=[{"text": mrkdwn(), "value": "v"}]))],
        f"{_E}/options/0/text/type",
    ),
    (
        "3 option",
        "mrkdwn in an overflow",
        [actions(element("overflow", options=[{"text": mrkdwn(), "value": "v"}]))],
        f"{_E}/options/0/text/type",
    ),
    ("3 option", "empty value", [actions(element("static_select", options=[option("")]))], f"{_E}/options/0/value"),
    (
        "3 option",
        "value of 151",
        [actions(element("static_select", options=[option("v" * 151)]))],
        f"{_E}/options/0/value",
    ),
    ("3 option", "no value", [actions(element("static_select", options=[{"text": plain()}]))], f"{_E}/options/0"),
    (
        "3 option",
        "description of 76",
        [actions(element("static_select", options=[option(description=plain("x" * 76))]))],
        f"{_E}/options/0/description/text",
    ),
    (
        "3 option",
        "url outside an overflow",
        [actions(element("static_select", options=[option(url="https://e.com")]))],
        f"{_E}/options/0",
    ),
    (
        "3 option",
        "url of 3,001",
        [actions(element("overflow", options=[option(url="u" * 3001)]))],
        f"{_E}/options/0/url",
    ),
    (
        "3 multi_static_select",
        "max_selected_items 0",
        [accessory(element("multi_static_select", options=options(2), max_selected_items=0))],
        "/blocks/0/accessory/max_selected_items",
    ),
    (
        "3 multi_static_select",
        "more initial than allowed",
        [
            accessory(
                element("multi_static_select", options=options(2), initial_options=options(2), max_selected_items=1)
            )
        ],
        "/blocks/0/accessory/initial_options",
    ),
    (
        "3 multi_static_select",
        "initial not among options",
        [accessory(element("multi_static_select", options=options(2), initial_options=[option("z")]))],
        "/blocks/0/accessory/initial_options/0",
    ),
    ("3 external_select", "with options", [actions(element("external_select", options=options(1)))], _E),
    (
        "3 external_select",
        "min_query_length text",
        [actions(element("external_select", min_query_length="1"))],
        f"{_E}/min_query_length",
    ),
    (
        "3 conversations_select",
        "unknown filter",
        [actions(element("conversations_select", filter={"include": ["secret"]}))],
        f"{_E}/filter/include/0",
    ),
    (
        "3 conversations_select",
        "empty filter",
        [actions(element("conversations_select", filter={"include": []}))],
        f"{_E}/filter/include",
    ),
    ("3 users_select", "initial_user number", [actions(element("users_select", initial_user=1))], f"{_E}/initial_user"),
    ("3 overflow", "no options", [actions(element("overflow", options=[]))], f"{_E}/options"),
    ("3 overflow", "6 options", [actions(element("overflow", options=options(6)))], f"{_E}/options"),
    ("3 checkboxes", "11 options", [actions(element("checkboxes", options=options(11)))], f"{_E}/options"),
    (
        "3 checkboxes",
        "initial not among options",
        [actions(element("checkboxes", options=options(2), initial_options=[option("z")]))],
        f"{_E}/initial_options/0",
    ),
    ("3 radio_buttons", "11 options", [actions(element("radio_buttons", options=options(11)))], f"{_E}/options"),
    (
        "3 radio_buttons",
        "same value twice",
        [actions(element("radio_buttons", options=[option(), option()]))],
        f"{_E}/options",
    ),
    (
        "3 datepicker",
        "another form of date",
        [actions(element("datepicker", initial_date="21.11.2026"))],
        f"{_E}/initial_date",
    ),
    ("3 datepicker", "month 13", [actions(element("datepicker", initial_date="2026-13-01"))], f"{_E}/initial_date"),
    ("3 timepicker", "hour 24", [actions(element("timepicker", initial_time="24:00"))], f"{_E}/initial_time"),
    ("3 timepicker", "am and pm", [actions(element("timepicker", initial_time="7:00 AM"))], f"{_E}/initial_time"),
    (
        "3 datetimepicker",
        "nine digits",
        [actions(element("datetimepicker", initial_date_time=123456789))],
        f"{_E}/initial_date_time",
    ),
    (
        "3 datetimepicker",
        "text",
        [actions(element("datetimepicker", initial_date_time="1763712000"))],
        f"{_E}/initial_date_time",
    ),
    ("3 datetimepicker", "placeholder", [actions(element("datetimepicker", placeholder=plain()))], _E),
    (
        "3 plain_text_input",
        "min_length 3,001",
        [field(element("plain_text_input", min_length=3001))],
        "/blocks/0/element/min_length",
    ),
    (
        "3 plain_text_input",
        "max_length 0",
        [field(element("plain_text_input", max_length=0))],
        "/blocks/0/element/max_length",
    ),
    (
        "3 plain_text_input",
        "max_length 3,001",
        [field(element("plain_text_input", max_length=3001))],
        "/blocks/0/element/max_length",
    ),
    (
        "3 plain_text_input",
        "min above max",
        [field(element("plain_text_input", min_length=9, max_length=3))],
        "/blocks/0/element/min_length",
    ),
    (
        "3 plain_text_input",
        "unknown trigger",
        [field(element("plain_text_input", dispatch_action_config={"trigger_actions_on": ["on_blur"]}))],
        "/blocks/0/element/dispatch_action_config/trigger_actions_on/0",
    ),
    ("3 number_input", "no is_decimal_allowed", [field(element("number_input"))], "/blocks/0/element"),
    (
        "3 number_input",
        "min_value as number",
        [field(element("number_input", is_decimal_allowed=True, min_value=1))],
        "/blocks/0/element/min_value",
    ),
    (
        "3 number_input",
        "decimal where none is allowed",
        [field(element("number_input", is_decimal_allowed=False, initial_value="1.5"))],
        "/blocks/0/element/initial_value",
    ),
    (
        "3 number_input",
        "min above max",
        [field(element("number_input", is_decimal_allowed=False, min_value="5", max_value="3"))],
        "/blocks/0/element/min_value",
    ),
]

CASES: list[Case] = [*GENERAL, *LAYOUT, *TABLES, *ALERTS, *ELEMENTS]
