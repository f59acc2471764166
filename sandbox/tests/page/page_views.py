"""Modals and the Home tab of the app in these tests."""

from typing import Any

from .page_blocks import PROCESSORS, button, context, mrkdwn, option, plain

Json = dict[str, Any]


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "value", **element},
        **more,
    }


def reprocess(note: str = "") -> Json:
    options = [option(one) for one in PROCESSORS]
    return {
        "type": "modal",
        "callback_id": "reprocess",
        "title": plain("Reprocess"),
        "submit": plain("Make a plan"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": [
            *([context(note)] if note else []),
            field(
                "processor",
                "Processor",
                {"type": "external_select", "min_query_length": 1, "placeholder": plain("Type to search")},
            ),
            field("from", "From", {"type": "datepicker", "initial_date": "2026-11-20"}),
            field(
                "mode",
                "Mode",
                {
                    "type": "radio_buttons",
                    "initial_option": option("failed"),
                    "options": [option("failed"), option("missing"), option("all")],
                },
            ),
            field("also", "Also", {"type": "multi_static_select", "options": options}, optional=True),
            field(
                "reason",
                "Reason",
                {"type": "plain_text_input", "multiline": True, "max_length": 200},
                hint=plain("Goes to the audit log"),
            ),
            {
                "type": "actions",
                "block_id": "deeper",
                "elements": [button("deeper", "Advanced…"), button("refresh", "Check again")],
            },
        ],
    }


def advanced(depth: int) -> Json:
    return {
        "type": "modal",
        "callback_id": "advanced",
        "title": plain(f"Advanced {depth}"),
        "submit": plain("Keep"),
        "close": plain("Back"),
        "blocks": [
            {"type": "alert", "level": "warning", "text": mrkdwn("More than *31 dates* need a second person.")},
            field(
                "speed",
                "At once",
                {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "10"},
            ),
            {"type": "actions", "block_id": "deeper", "elements": [button("deeper", "Deeper…")]},
        ],
    }


def every_input() -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Every input"),
        "submit": plain("Send"),
        "blocks": [
            field("text", "Text", {"type": "plain_text_input", "placeholder": plain("One line")}),
            field("number", "Number", {"type": "number_input", "is_decimal_allowed": True}),
            field("when", "When", {"type": "datetimepicker", "initial_date_time": 1_763_712_000}),
            field("time", "Time", {"type": "timepicker", "initial_time": "07:00"}),
            field("who", "Who", {"type": "multi_users_select"}, optional=True),
            field(
                "checks",
                "Checks",
                {"type": "checkboxes", "options": [option("a", "First"), option("b", "Second")]},
                optional=True,
            ),
        ],
    }


def home(state: str = "GREEN") -> Json:
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": plain(f"Pipeline health: {state}")},
            {
                "type": "section",
                "text": mrkdwn("*6 phases*, 4 real failures, 412 kept quiet. You are on call until *Mon 09:00*."),
                "accessory": button("home_refresh", "Refresh"),
            },
            {"type": "divider"},
            {
                "type": "section",
                "fields": [
                    mrkdwn("*Phase 1 · scrapers*\n:large_green_circle: 99.2 %"),
                    mrkdwn("*Phase 2 · raw*\n:large_green_circle: 98.7 %"),
                    mrkdwn("*Phase 3 · analytics*\n:large_yellow_circle: 94.1 %"),
                    mrkdwn("*Phase 4 · features*\n:white_circle: nothing due"),
                ],
            },
            {"type": "divider"},
            {
                "type": "section",
                "text": mrkdwn(
                    "*Open incidents*\nINC-7 `bdl_boxscores` partial coverage, P1, acknowledged by <@U02SAM>"
                ),
                "accessory": {
                    "type": "overflow",
                    "action_id": "home_more",
                    "options": [option("a", "Resolve"), option("b", "Timeline")],
                },
            },
            {
                "type": "actions",
                "elements": [
                    button("home_declare", "Declare incident", style="primary"),
                    button("home_plan", "Reprocess…"),
                ],
            },
            context("Updated <!date^1763712000^{time}|now>"),
        ],
    }
