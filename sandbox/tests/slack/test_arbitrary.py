"""Whatever JSON is sent as blocks or view, the answer is Slack's, never a crash."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.slack.api import METHODS

from .accepted import ELEMENTS, INPUTS, MESSAGES
from .kit import actions, field
from .live import Live, started
from .people import ALERTS

_SCALARS = st.none() | st.booleans() | st.integers(-5, 10**12) | st.floats(allow_nan=False) | st.text(max_size=8)
_VALID = [
    *[block for blocks in MESSAGES.values() for block in blocks[:1]],
    *[actions(one) for one in ELEMENTS.values()],
    *[field(one) for one in INPUTS.values()],
]
_NAMES = st.sampled_from(
    [
        "type",
        "text",
        "elements",
        "accessory",
        "fields",
        "rows",
        "options",
        "option_groups",
        "initial_option",
        "block_id",
        "action_id",
        "element",
        "title",
        "slack_file",
        "image_url",
        "confirm",
        "value",
        "placeholder",
        "column_settings",
    ]
)
_TYPES = st.sampled_from(["section", "actions", "table", "rich_text", "input", "plain_text", "mrkdwn", "image"])
_TREES = st.recursive(
    _SCALARS | _TYPES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES | st.text(max_size=4), inner, max_size=5),
    max_leaves=25,
)


def _bend(value: Any, path: list[int], new: Any) -> Any:
    """`value` with the part at `path` (taken modulo what is there) replaced by `new`."""
    if not path or not isinstance(value, (dict, list)) or not value:
        return new
    keys = list(value) if isinstance(value, dict) else range(len(value))
    key = keys[path[0] % len(keys)]
    bent = dict(value) if isinstance(value, dict) else list(value)
    bent[key] = _bend(value[key], path[1:], new)
    return bent


_BENT = st.builds(_bend, st.sampled_from(_VALID), st.lists(st.integers(0, 30), min_size=1, max_size=6), _TREES)
# Infinity is no JSON, so it is refused as such.
_ERRORS = {
    None,
    "invalid_json",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_attachments",
    "invalid_arguments",
    "no_text",
}


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    """A workspace of its own: it fills with what nobody else expects."""
    with started() as running:
        yield running


_QUICK = settings(max_examples=100, deadline=None)


@_QUICK
@given(blocks=_TREES | st.lists(_BENT, max_size=3))
def test_blocks(live: Live, blocks: Any) -> None:
    answer = live.ask("chat.postMessage", {"channel": ALERTS, "text": "x", "blocks": blocks})
    assert answer.get("error") in _ERRORS, answer


@_QUICK
@given(
    view=_TREES
    | st.fixed_dictionaries(
        {
            "type": st.just("modal"),
            "title": _BENT | _TREES,
            "blocks": st.lists(_BENT, max_size=3) | _TREES,
        }
    )
)
def test_views(live: Live, view: Any) -> None:
    answer = live.ask("views.open", {"trigger_id": live.trigger("U03JORDAN"), "view": view})
    assert answer.get("error") in _ERRORS, answer


_ARGUMENTS = st.sampled_from(
    [
        "channel",
        "ts",
        "text",
        "user",
        "users",
        "user_id",
        "view",
        "view_id",
        "trigger_id",
        "files",
        "limit",
        "cursor",
        "types",
        "thread_ts",
        "oldest",
        "latest",
        "usergroup",
        "length",
        "filename",
        "channel_id",
        "title",
        "type",
        "email",
        "blocks",
        "message",
        "message_ts",
    ]
)
_LIKELY = st.sampled_from(
    [ALERTS, "U01ALEX", "S01ONCALL", "1763712000.000100", "1", "[]", "{}", "\ud800", "{[", "x" * 90]
)


@settings(_QUICK, max_examples=200)
@given(method=st.sampled_from(sorted(METHODS)), args=st.dictionaries(_ARGUMENTS, _TREES | _LIKELY, max_size=6))
def test_every_method(live: Live, method: str, args: dict[str, Any]) -> None:
    answer = live.ask(method, args)
    assert isinstance(answer["ok"], bool)
    assert answer["ok"] or isinstance(answer["error"], str)


@_QUICK
@given(extra=st.dictionaries(st.sampled_from(["text", "attachments", "metadata", "thread_ts", "username"]), _TREES))
def test_other_arguments(live: Live, extra: Any) -> None:
    answer = live.ask("chat.postMessage", {"channel": ALERTS, **extra})
    assert isinstance(answer["ok"], bool)
