"""Payloads as Slack sends them, signed, with any one part gone or of another kind: an answer, never a 5xx."""

import copy
import itertools
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.http_rig import FORM, JSON, Front, fronted, interaction
from tests.support.slack_bench import ALEX, MONITOR, small_history

TEAM = {"id": "T01FIRELINE", "domain": "hoops-data"}
USER = {"id": ALEX, "username": "alex", "team_id": "T01FIRELINE"}
CONTAINER = {"type": "message", "message_ts": "1768930200.000100", "channel_id": MONITOR, "is_ephemeral": False}
COMMON = {"team": TEAM, "user": USER, "api_app_id": "A01FIRELINE", "is_enterprise_install": False, "enterprise": None}
IN_MESSAGE = {
    **COMMON,
    "container": CONTAINER,
    "channel": {"id": MONITOR, "name": "data-monitoring"},
    "message": {"ts": CONTAINER["message_ts"], "thread_ts": "1768930100.000100"},
}
EVENT = {
    "type": "event_callback",
    "team_id": "T01FIRELINE",
    "authorizations": [{"team_id": "T01FIRELINE", "user_id": "U00FIRELINE", "is_bot": True}],
    "event_id": "Ev1",
}
COMMAND = {"command": "/health", "text": "7d", "user_id": ALEX, "channel_id": MONITOR, "team_id": "T01FIRELINE"}
BUTTON = {"type": "button", "action_id": "health.refresh", "block_id": "b", "value": "7:all", "action_ts": "1.1"}
CHOICE = {**BUTTON, "type": "external_select", "selected_option": {"text": {}, "value": "7:processor:Box"}}
SENT: list[tuple[str, dict[str, Any]]] = [
    ("command", COMMAND),
    ("interaction", {**IN_MESSAGE, "type": "block_actions", "actions": [BUTTON]}),
    ("interaction", {**IN_MESSAGE, "type": "block_actions", "actions": [{**CHOICE, "action_id": "health.processor"}]}),
    ("interaction", {**IN_MESSAGE, "type": "block_suggestion", "action_id": "health.processor", "value": "b"}),
    ("interaction", {**COMMON, "type": "view_submission", "view": {"id": "V1", "callback_id": "x", "type": "modal"}}),
    ("event", {**EVENT, "event": {"type": "app_home_opened", "user": ALEX, "tab": "home", "channel": "D1"}}),
    ("event", {**EVENT, "event": {"type": "app_mention", "user": ALEX, "text": "hi", "ts": "1.1", "channel": MONITOR}}),
]
GONE = object()
ODD = st.sampled_from([GONE, None, True, 5, -1.5, "", "x", "\x00<&", [], [5], [{}], {}, {"id": 5}, {"id": None}])


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with small_history(tmp_path_factory.mktemp("history")) as services, fronted(services) as made:
        yield made


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in parts:
        yield (*at, name)
        yield from paths(inner, (*at, name))


PLACES = [(number, path) for number, (_, payload) in enumerate(SENT) for path in paths(payload)]


def bent(payload: dict[str, Any], path: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    made = copy.deepcopy(payload)
    part: Any = made
    for name in path[:-1]:
        part = part[name]
    if odd is GONE:
        del part[path[-1]]
    else:
        part[path[-1]] = odd
    return made


NUMBERS = itertools.count()


def written(kind: str, payload: dict[str, Any]) -> tuple[bytes, str]:
    """As it goes over the wire; each event has an id of its own, or it would be taken for one that came again."""
    if payload.get("event_id") == EVENT["event_id"]:
        payload = {**payload, "event_id": f"Ev{next(NUMBERS)}"}
    if kind == "command":
        return urlencode({name: str(value) for name, value in payload.items()}).encode(), FORM
    return (interaction(payload), FORM) if kind == "interaction" else (json.dumps(payload).encode(), JSON)


@given(place=st.sampled_from(PLACES), odd=ODD)
@settings(max_examples=250)
def test_one_part_bent(front: Front, place: tuple[int, tuple[Any, ...]], odd: Any) -> None:
    number, path = place
    kind, payload = SENT[number]
    assert front.signed(*written(kind, bent(payload, path, odd)))[0] < 500


@pytest.mark.parametrize("number", range(len(SENT)))
def test_unbent_all_are_acknowledged(front: Front, number: int) -> None:
    kind, payload = SENT[number]
    status, text = front.signed(*written(kind, payload))
    assert status == 200, text
