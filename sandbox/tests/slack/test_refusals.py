"""What Slack refuses, the local Slack refuses with the same code; one case per rule of the rules sheet."""

import urllib.request
from typing import Any

import pytest

from . import refused_blocks, refused_calls, refused_views
from .kit import leaf, modal, rich, rich_section
from .live import Live
from .people import ALERTS

USER = "U01ALEX"


def _upload(live: Live) -> str:
    asked = live.call("files.getUploadURLExternal", {"filename": "a.txt", "length": 3})
    request = urllib.request.Request(asked["upload_url"], data=b"abc", method="POST")
    with urllib.request.urlopen(request) as response:
        assert response.read() == b"OK - 3"
    return str(asked["file_id"])


@pytest.fixture(scope="module")
def prepared(live: Live) -> dict[str, str]:
    """A workspace with one of everything the cases speak of."""

    def ok(method: str, **args: Any) -> dict[str, Any]:
        answer = live.call(method, args)
        assert answer["ok"], (method, answer)
        return answer

    parent = ok("chat.postMessage", channel=ALERTS, text="parent")["ts"]
    names = {"ts": parent}
    names["reply"] = ok("chat.postMessage", channel=ALERTS, text="reply", thread_ts=parent)["ts"]
    names["rich"] = ok("chat.postMessage", channel=ALERTS, text="x", blocks=[rich(rich_section(leaf()))])["ts"]
    names["ephemeral"] = ok("chat.postEphemeral", channel=ALERTS, user=USER, text="x")["message_ts"]
    direct = ok("chat.postMessage", channel=USER, text="x")
    names |= {"dm": direct["channel"], "dm_ts": direct["ts"]}
    names["other"] = live.run(live.workspace.act(USER, "post", channel=ALERTS, text="mine"))["message"]["ts"]
    names["asked"] = ok("files.getUploadURLExternal", filename="a.txt", length=3)["file_id"]
    names["uploaded"], names["file"] = _upload(live), _upload(live)
    ok("files.completeUploadExternal", files=[{"id": names["file"]}])
    names["used_trigger"] = live.trigger()
    opened = ok("views.open", trigger_id=names["used_trigger"], view=modal(external_id="taken"))
    names["view"] = opened["view"]["id"]
    return names


def _fill(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return names[value[1:-1]]
    if isinstance(value, dict):
        return {name: _fill(inner, names) for name, inner in value.items()}
    return [_fill(inner, names) for inner in value] if isinstance(value, list) else value


def _names(cases: list[Any]) -> list[str]:
    return [f"{case[0]}: {case[1]}" for case in cases]


@pytest.mark.parametrize("case", refused_blocks.CASES, ids=_names(refused_blocks.CASES))
def test_blocks(live: Live, case: refused_blocks.Case) -> None:
    _, _, blocks, pointer = case
    answer = live.call("chat.postMessage", {"channel": ALERTS, "text": "x", "blocks": blocks})
    assert answer["error"] == "invalid_blocks"
    messages = answer["response_metadata"]["messages"]
    assert all(message.startswith("[ERROR] ") for message in messages)
    assert any(message.endswith(f"[json-pointer:{pointer}]") for message in messages), messages
    assert answer["errors"] == [message.removeprefix("[ERROR] ") for message in messages]


@pytest.mark.parametrize("case", refused_views.CASES, ids=_names(refused_views.CASES))
def test_views(live: Live, case: refused_views.Case) -> None:
    _, _, view, pointer = case
    answer = live.call("views.open", {"trigger_id": live.trigger(), "view": view})
    assert answer["error"] == "invalid_arguments"
    messages = answer["response_metadata"]["messages"]
    assert any(message.endswith(f"[json-pointer:{pointer}]") for message in messages), messages


@pytest.mark.parametrize("case", refused_calls.CASES, ids=_names(refused_calls.CASES))
def test_calls(live: Live, prepared: dict[str, str], case: refused_calls.Case) -> None:
    _, _, method, args, error = case
    names = {**prepared, "trigger": live.trigger(), "lonely_trigger": live.trigger("U04PRIYA")}
    answer = live.call(method, _fill(args, names))
    assert not answer["ok"]
    assert answer["error"] == error, answer


def test_the_corpus_is_large_enough() -> None:
    cases = [*refused_blocks.CASES, *refused_views.CASES, *refused_calls.CASES]
    assert len(cases) >= 200
    assert len({(case[0], case[1], str(case[2])) for case in cases}) == len(cases)
