"""Messages with every block and element kind that the workspace takes, as an on-call bot would use them."""

from typing import Any

Json = dict[str, Any]
PROCESSORS = [
    "nbac_schedule",
    "nbac_player_boxscores",
    "bdl_boxscores",
    "odds_api_props",
    "espn_scoreboard",
    "predictions",
]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str, text: str | None = None, **more: Any) -> Json:
    return {"text": plain(text or value), "value": value, **more}


def button(action_id: str, text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def context(*texts: str) -> Json:
    return {"type": "context", "elements": [mrkdwn(one) for one in texts]}


def confirm(title: str, text: str) -> Json:
    return {
        "title": plain(title),
        "text": mrkdwn(text),
        "confirm": plain("Do it"),
        "deny": plain("Not now"),
        "style": "danger",
    }


def incident(number: int, state: str = "open", at: int = 1_763_712_000) -> list[Json]:
    """What an alert looks like: header, facts, the reason, buttons."""
    sign = {"open": ":rotating_light:", "acknowledged": ":eyes:", "resolved": ":white_check_mark:"}[state]
    when = f"<!date^{at}^{{date_short_pretty}} at {{time}}|2025-11-21 08:00 UTC>"
    blocks: list[Json] = [
        {"type": "header", "text": plain(f"{sign} INC-{number}: predictions are blocked")},
        {
            "type": "section",
            "text": mrkdwn(
                "*`nbac_player_boxscores`* has failed *3 times* since " + when + " with `KeyError: 'minutes'`.\n"
                "Its raw file is there, its table is *empty*: data was expected for 9 games."
            ),
        },
        {
            "type": "section",
            "fields": [
                mrkdwn("*Severity*\nP0 · blocks predictions"),
                mrkdwn("*On call*\n<@U01ALEX> <!subteam^S01ONCALL>"),
                mrkdwn("*Stale downstream*\n4 processors, 2 hops"),
                mrkdwn("*Next deadline*\n10:00 AM ET, in 42 min"),
            ],
        },
        context(":mag: run history, table, raw file and calendar agree", f"State: *{state}*"),
    ]
    if state != "resolved":
        blocks.append(
            {
                "type": "actions",
                "block_id": f"incident{number}",
                "elements": [
                    button("ack", "Acknowledge", style="primary", value=str(number)),
                    button("plan", "Reprocess…", value=str(number)),
                    button(
                        "danger",
                        "Roll back",
                        style="danger",
                        confirm=confirm("Roll back?", "Traffic moves to *rev-41*."),
                    ),
                    {
                        "type": "overflow",
                        "action_id": "more",
                        "options": [
                            option("silence", "Silence for 1 h"),
                            option("noise", "Mark as noise"),
                            option("docs", "Runbook", url="https://example.com/runbook"),
                        ],
                    },
                ],
            }
        )
    return blocks


def _rich_text() -> Json:
    def section(*leaves: Json) -> Json:
        return {"type": "rich_text_section", "elements": list(leaves)}

    def text(words: str, **style: bool) -> Json:
        return {"type": "text", "text": words, **({"style": style} if style else {})}

    return {
        "type": "rich_text",
        "elements": [
            section(
                text("Rich text with "),
                text("bold", bold=True),
                text(", "),
                text("italic", italic=True),
                text(", "),
                text("struck", strike=True),
                text(", "),
                text("code()", code=True),
                text(" and "),
                {"type": "user", "user_id": "U02SAM"},
                text(" in "),
                {"type": "channel", "channel_id": "C03ALERTS"},
                text(" "),
                {"type": "emoji", "name": "fire"},
                text(" "),
                {"type": "link", "url": "https://example.com", "text": "a link"},
            ),
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [section(text("check the source")), section(text("rerun"))],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": 1,
                "elements": [section(text("newest date first"))],
            },
            {"type": "rich_text_quote", "elements": [text("Silence is earned.")]},
            {
                "type": "rich_text_preformatted",
                "elements": [text("SELECT game_date, COUNT(*)\nFROM boxscores GROUP BY 1")],
            },
        ],
    }


def layouts() -> list[Json]:
    """Text and display blocks of messages (without tables)."""
    return [
        {"type": "header", "text": plain("Daily report")},
        {
            "type": "section",
            "text": mrkdwn(
                "*bold* _italic_ ~gone~ `code` <https://example.com/a?b=1|link> <@U01ALEX> <#C02MONITOR> "
                "<!subteam^S01ONCALL> <!here> :tada:\n> quoted\n> lines\n```def f(x):\n    return x < 3```"
                "after &lt;b&gt;not bold&lt;/b&gt; 2*3*4 snake_case_name"
            ),
            "accessory": button("accessory", "Open"),
        },
        {"type": "divider"},
        _rich_text(),
        {
            "type": "image",
            "image_url": "https://example.com/chart.png",
            "alt_text": "Success by phase over seven days",
            "title": plain("Success by phase"),
        },
        {"type": "context", "elements": [mrkdwn("Posted at 07:00 ET"), plain(":clock1: as always")]},
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "feedback",
                    "positive_button": {"text": plain("Useful"), "value": "up"},
                    "negative_button": {"text": plain("Noise"), "value": "down"},
                }
            ],
        },
    ]


def markdown() -> list[Json]:
    text = (
        "## Postmortem\nA **draft** with *emphasis*, `code`, ~~old~~ and [a link](https://example.com).\n\n"
        "1. Discover\n2. Triage\n   - nested _point_\n\n- [x] verified\n- [ ] prevented\n\n> It was the timeout.\n\n"
        "```python\nraise TimeoutError\n```\n\n| Step | Minutes |\n|:--|--:|\n| detect | 3 |\n| fix | 41 |\n\n---\nEnd."
    )
    return [{"type": "markdown", "text": text}]


def table() -> list[Json]:
    names = ("Who", "From", "To")
    rows = [[{"type": "raw_text", "text": one} for one in names]]
    for who, begin, end in (("Alex", "Mon 09:00", "Mon 09:00"), ("Sam", "Mon 09:00", "Mon 09:00")):
        rows.append([{"type": "raw_text", "text": one} for one in (who, begin, end)])
    return [
        {
            "type": "table",
            "rows": rows,
            "column_settings": [{"is_wrapped": True}, {"align": "right"}, {"align": "right"}],
        }
    ]


def elements() -> list[Json]:
    """Interactive elements of messages."""
    options = [option(one) for one in PROCESSORS]
    groups = [{"label": plain("Phase 1"), "options": options[:3]}, {"label": plain("Phase 2"), "options": options[3:]}]
    return [
        {
            "type": "section",
            "text": mrkdwn("*Choose*"),
            "accessory": {
                "type": "static_select",
                "action_id": "static",
                "placeholder": plain("A processor"),
                "options": options,
            },
        },
        {
            "type": "actions",
            "block_id": "selects",
            "elements": [
                {
                    "type": "static_select",
                    "action_id": "grouped",
                    "placeholder": plain("By phase"),
                    "option_groups": groups,
                },
                {
                    "type": "external_select",
                    "action_id": "typeahead",
                    "placeholder": plain("Type a processor"),
                    "min_query_length": 1,
                },
                {
                    "type": "multi_static_select",
                    "action_id": "several",
                    "placeholder": plain("Several"),
                    "options": options,
                    "initial_options": [options[0]],
                },
                {"type": "users_select", "action_id": "person", "initial_user": "U02SAM"},
                {"type": "channels_select", "action_id": "where"},
            ],
        },
        *_pickers_and_boxes(),
    ]


def _pickers_and_boxes() -> list[Json]:
    return [
        {
            "type": "actions",
            "block_id": "pickers",
            "elements": [
                {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-20"},
                {"type": "timepicker", "action_id": "hour", "initial_time": "07:00"},
                {"type": "datetimepicker", "action_id": "moment", "initial_date_time": 1_763_712_000},
            ],
        },
        {
            "type": "actions",
            "block_id": "boxes",
            "elements": [
                {
                    "type": "checkboxes",
                    "action_id": "checks",
                    "options": [
                        {"text": mrkdwn("*Downstream* too"), "value": "down", "description": mrkdwn("4 processors")},
                        {"text": plain("Newest first"), "value": "new"},
                    ],
                },
                {
                    "type": "radio_buttons",
                    "action_id": "mode",
                    "initial_option": option("failed"),
                    "options": [option("failed"), option("missing"), option("all")],
                },
            ],
        },
        {
            "type": "actions",
            "block_id": "fates",
            "elements": [button("silent", "Never answers"), button("push", "Open a form")],
        },
    ]
