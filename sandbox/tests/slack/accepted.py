"""Blocks and views Slack accepts: every block and element at its limits, by hand and from slack_sdk's models."""

from typing import Any

from slack_sdk.models import blocks as sdk

from .kit import (
    accessory,
    actions,
    blocks_of,
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

_CONFIRM = {"title": plain("x" * 100), "text": mrkdwn("x" * 300), "confirm": plain("x" * 30), "deny": plain("x" * 30)}
_GROUPS = [{"label": plain("x" * 75), "options": options(100)}]

MESSAGES: dict[str, list[Any]] = {
    "50 blocks": [section()] * 50,
    "blocks of 13,200": blocks_of(13_200),
    "section at its limit": [{"type": "section", "text": mrkdwn("x" * 3000), "expand": True, "block_id": "b" * 255}],
    "section with fields": [{"type": "section", "fields": [plain("x" * 1200)] * 10}],
    "header": [{"type": "header", "text": plain("x" * 150, emoji=True)}],
    "header with level": [{"type": "header", "text": plain(), "level": 2}],
    "context": [{"type": "context", "elements": [mrkdwn(verbatim=True), image(), *[plain()] * 8]}],
    "25 buttons": [actions(*[button(f"a{n}") for n in range(25)])],
    "same action_id in two blocks": [actions(button("a")), actions(button("a"))],
    "context_actions": [
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "f",
                    "positive_button": {"text": plain(), "value": "+"},
                    "negative_button": {"text": plain(), "value": "-", "accessibility_label": "bad"},
                },
            ],
        }
    ],
    "divider": [{"type": "divider"}],
    "image": [image(title=plain(), alt_text="x" * 2000)],
    "input in a message": [field(element("plain_text_input"), hint=plain(), optional=True, dispatch_action=True)],
    "rich_text": [
        rich(
            rich_section(
                leaf(style={"bold": True}),
                {"type": "link", "url": "https://e.com"},
                {"type": "user", "user_id": "U1"},
                {"type": "emoji", "name": "fire"},
                {"type": "channel", "channel_id": "C1"},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "broadcast", "range": "here"},
                {"type": "color", "value": "#ff0000"},
                {"type": "date", "timestamp": 1763712000, "format": "{date}"},
            ),
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 8,
                "border": 1,
                "elements": [rich_section(leaf())],
            },
            {"type": "rich_text_quote", "elements": [leaf()]},
            {"type": "rich_text_preformatted", "elements": [leaf()]},
        )
    ],
    "markdown": [{"type": "markdown", "text": "x" * 12000}],
    "table": [
        table(
            [raw(), {"type": "raw_number", "value": 1.5, "text": "1.5"}, rich(rich_section(leaf()))],
            column_settings=[{"align": "right", "is_wrapped": True}, None],
        )
    ],
    "table at its limit": [table(*[[raw("xxxxx")] * 20] * 100)],
}

ELEMENTS: dict[str, Any] = {
    "button": button(
        text=plain("x" * 75),
        value="x" * 2000,
        url="https://e.com",
        style="primary",
        confirm=_CONFIRM,
        accessibility_label="x" * 75,
        agent_prompt="x" * 4000,
    ),
    "danger button": button(style="danger"),
    "static_select": element(
        "static_select",
        options=options(100),
        initial_option=option("v3"),
        confirm=_CONFIRM,
        placeholder=plain("x" * 150),
    ),
    "static_select with groups": element("static_select", option_groups=_GROUPS * 5, initial_option=option("v0")),
    "external_select": element("external_select", min_query_length=0, initial_option=option()),
    "users_select": element("users_select", initial_user="U01ALEX"),
    "conversations_select": element(
        "conversations_select",
        default_to_current_conversation=True,
        filter={"include": ["public", "im"], "exclude_bot_users": True},
    ),
    "channels_select": element("channels_select", initial_channel="C03ALERTS"),
    "multi_static_select": element(
        "multi_static_select", options=options(3), initial_options=options(2), max_selected_items=2
    ),
    "multi_external_select": element("multi_external_select", min_query_length=1),
    "multi_users_select": element("multi_users_select", initial_users=["U01ALEX"]),
    "multi_conversations_select": element("multi_conversations_select", filter={"include": ["public"]}),
    "multi_channels_select": element("multi_channels_select", max_selected_items=1),
    "overflow": element("overflow", options=[*options(4), option("u", url="https://e.com")]),
    "checkboxes": element(
        "checkboxes", options=[{"text": mrkdwn(), "value": str(n), "description": mrkdwn()} for n in range(10)]
    ),
    "radio_buttons": element("radio_buttons", options=options(10), initial_option=option("v1")),
    "datepicker": element("datepicker", initial_date="2026-11-21", placeholder=plain()),
    "timepicker": element("timepicker", initial_time="23:59", timezone="America/New_York"),
    "datetimepicker": element("datetimepicker", initial_date_time=1763712000),
}

INPUTS: dict[str, Any] = {
    "plain_text_input": element(
        "plain_text_input",
        multiline=True,
        min_length=0,
        max_length=3000,
        focus_on_load=True,
        dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]},
    ),
    "number_input": element(
        "number_input", is_decimal_allowed=True, min_value="-1.5", max_value="7", initial_value="0"
    ),
    **{name: one for name, one in ELEMENTS.items() if one["type"] not in ("button", "overflow")},
}

_OPTIONS = [sdk.Option(label=f"Option {n}", value=f"v{n}") for n in range(3)]
SDK_BLOCKS: dict[str, sdk.Block] = {
    "SectionBlock": sdk.SectionBlock(text=sdk.MarkdownTextObject(text="*hi*"), fields=["a", "b"]),
    "SectionBlock with select": sdk.SectionBlock(
        text="x", accessory=sdk.StaticSelectElement(placeholder="p", action_id="a", options=_OPTIONS)
    ),
    "SectionBlock with overflow": sdk.SectionBlock(
        text="x", accessory=sdk.OverflowMenuElement(action_id="a", options=_OPTIONS)
    ),
    "DividerBlock": sdk.DividerBlock(),
    "ImageBlock": sdk.ImageBlock(image_url="https://e.com/a.png", alt_text="x", title="t"),
    "HeaderBlock": sdk.HeaderBlock(text="Fireline"),
    "ContextBlock": sdk.ContextBlock(
        elements=[sdk.PlainTextObject(text="x"), sdk.ImageElement(image_url="https://e.com/a.png", alt_text="x")]
    ),
    "MarkdownBlock": sdk.MarkdownBlock(text="# x"),
    "ActionsBlock": sdk.ActionsBlock(
        elements=[
            sdk.ButtonElement(
                text="Go",
                action_id="1",
                value="v",
                style="danger",
                confirm=sdk.ConfirmObject(title="Sure?", text="Really", confirm="Yes", deny="No"),
            ),
            sdk.LinkButtonElement(text="Open", url="https://e.com", action_id="2"),
            sdk.UserSelectElement(placeholder="p", action_id="3"),
            sdk.ConversationSelectElement(placeholder="p", action_id="4"),
            sdk.ChannelSelectElement(placeholder="p", action_id="5"),
            sdk.ExternalDataSelectElement(placeholder="p", action_id="6", min_query_length=1),
            sdk.DatePickerElement(action_id="7", initial_date="2026-11-21"),
            sdk.TimePickerElement(action_id="8", initial_time="07:00"),
            sdk.DateTimePickerElement(action_id="9", initial_date_time=1763712000),
            sdk.CheckboxesElement(action_id="10", options=_OPTIONS),
            sdk.RadioButtonsElement(action_id="11", options=_OPTIONS),
            sdk.StaticMultiSelectElement(placeholder="p", action_id="12", options=_OPTIONS),
        ]
    ),
    "InputBlock": sdk.InputBlock(label="L", element=sdk.PlainTextInputElement(action_id="a"), hint="h", optional=True),
    "InputBlock with number": sdk.InputBlock(
        label="L", element=sdk.NumberInputElement(action_id="a", is_decimal_allowed=False)
    ),
    "RichTextBlock": sdk.RichTextBlock(
        elements=[
            sdk.RichTextSectionElement(
                elements=[sdk.RichTextElementParts.Text(text="x"), sdk.RichTextElementParts.Emoji(name="fire")]
            )
        ]
    ),
    "TableBlock": sdk.TableBlock(rows=[[{"type": "raw_text", "text": "x"}]]),
}

HOME: dict[str, list[Any]] = {
    "100 blocks": [section()] * 100,
    "input": [field(element("plain_text_input"))],
    "accessory": [accessory(button())],
}

MODALS: dict[str, list[Any]] = {
    "100 blocks": [section()] * 100,
    "alert": [
        {"type": "alert", "text": mrkdwn("x" * 200), "level": level}
        for level in ("default", "info", "warning", "error", "success")
    ],
    "actions": [actions(button(), element("static_select", options=options(2), action_id="b"))],
}
