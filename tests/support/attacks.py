"""What attackers and broken proxies send: forged requests, and signed ones that make no sense."""

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from multidict import CIMultiDict

from sandbox.slack.http_delivery import sign
from tests.support.slack_bench import ALEX, MONITOR

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
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
ODD: tuple[Any, ...] = (
    GONE, None, True, 5, -1.5, "", "x", "\x00<&", [], [5], [{}], {}, {"id": 5}, {"id": None}, [[[]]], 10**400,
    "\ud800", "9999-12-31", float("nan"), float("inf"), {"": {}}, "x" * 5_000, ["x"] * 500,
)  # fmt: skip
"""What stands in the place of something else."""


@dataclass(frozen=True)
class Sent:
    body: bytes
    headers: CIMultiDict[str]


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in parts:
        yield (*at, name)
        yield from paths(inner, (*at, name))


PLACES = [(number, path) for number, (_, payload) in enumerate(SENT) for path in paths(payload)]


def bent(payload: dict[str, Any], path: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    """A copy with `odd` at that path."""
    made = copy.deepcopy(payload)
    part: Any = made
    for name in path[:-1]:
        part = part[name]
    if odd is GONE:
        del part[path[-1]]
    else:
        part[path[-1]] = odd
    return made


def written(kind: str, payload: dict[str, Any], number: int) -> tuple[bytes, str]:
    """As it goes over the wire; each event has an id of its own, or it would be taken for one that came again."""
    if payload.get("event_id") == EVENT["event_id"]:
        payload = {**payload, "event_id": f"Ev{number}"}
    if kind == "command":
        fields = {name: str(value) for name, value in payload.items()}
        return urlencode(fields, errors="surrogatepass").encode(), FORM
    text = json.dumps(payload)
    return (urlencode({"payload": text}).encode(), FORM) if kind == "interaction" else (text.encode(), JSON)


def signed(secret: str, at: int, body: bytes, kind: str) -> Sent:
    named = {"Content-Type": kind, "X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": sign(secret, at, body)}
    return Sent(body, CIMultiDict(named))


def forged(chance: random.Random, secret: str, at: int, number: int) -> Sent:
    """A genuine request with one thing wrong about it: none of these may be taken."""
    kind, payload = chance.choice(SENT)
    sent = signed(secret, at, *written(kind, payload, number))
    return chance.choice(_FORGERIES)(chance, sent, at)


def malformed(chance: random.Random, number: int) -> tuple[bytes, str]:
    """A body and its type. It is signed by whoever sends it: it may be refused or acknowledged, and harms nothing."""
    which = chance.random()
    if which < 0.7:
        kind, payload = chance.choice(SENT)
        for _ in range(chance.randint(1, 3)):
            payload = bent(payload, chance.choice(list(paths(payload)) or [("type",)]), chance.choice(ODD))
        return written(kind, payload, number)
    if which < 0.85:
        body = chance.choice((*_BODIES, chance.randbytes(50), chance.randbytes(5_000)))
        return body, chance.choice((FORM, JSON))
    body, kind = written(*chance.choice(SENT), number)
    cut = chance.randrange(len(body))
    return chance.choice((body[:cut], body[cut:], body[:cut] + bytes([chance.randrange(256)]) + body[cut:])), kind


def _flipped(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice("0123456789abcdefgXYZ-+ ").replace(text[at], "~") + text[at + 1 :]


def _with(sent: Sent, **changed: str | None) -> Sent:
    headers = sent.headers.copy()
    for name, value in changed.items():
        header = {"timestamp": "X-Slack-Request-Timestamp", "signature": "X-Slack-Signature"}[name]
        del headers[header]
        if value is not None:
            headers[header] = value
    return Sent(sent.body, headers)


def _bit_of_body(chance: random.Random, sent: Sent, _at: int) -> Sent:
    where, bit = chance.randrange(len(sent.body)), chance.randrange(8)
    body = sent.body[:where] + bytes([sent.body[where] ^ 1 << bit]) + sent.body[where + 1 :]
    return Sent(body, sent.headers)


def _other_body(chance: random.Random, sent: Sent, _at: int) -> Sent:
    body = chance.choice(
        (sent.body + b" ", sent.body[:-1], b"", sent.body * 2, sent.body.swapcase(), b"\xef\xbb\xbf" + sent.body)
    )
    return Sent(body, sent.headers)


def _bent_signature(chance: random.Random, sent: Sent, _at: int) -> Sent:
    good = sent.headers["X-Slack-Signature"]
    bad = (
        _flipped(chance, good),
        good.replace("v0=", "v1="),
        good.upper(),
        good[3:],
        good[:-1],
        good + "0",
        "",
        None,
        f" {good[:-2]}zz",
        "v0=" + "0" * 64,
    )
    return _with(sent, signature=chance.choice(bad))


def _bent_timestamp(chance: random.Random, sent: Sent, at: int) -> Sent:
    bad = (
        str(at + 1),
        str(at - 1),
        str(at * 10),
        f"+{at}",
        f"{at}.0",
        f"0x{at:x}",
        f"{at}e0",
        "",
        None,
        "9" * 5_000,
        "abc",
        f"{at} ;",
    )
    return _with(sent, timestamp=chance.choice(bad))


def _other_secret(chance: random.Random, sent: Sent, at: int) -> Sent:
    secret = chance.choice(("", "another app's secret", "0" * 32))
    return _with(sent, signature=sign(secret, at, sent.body))


def _two_headers(chance: random.Random, sent: Sent, at: int) -> Sent:
    name = chance.choice(("X-Slack-Signature", "X-Slack-Request-Timestamp"))
    headers = list(sent.headers.items())
    headers.insert(
        chance.choice((0, len(headers))), (name, chance.choice((sent.headers[name], str(at - 1), "v0=" + "1" * 64)))
    )
    return Sent(sent.body, CIMultiDict(headers))


_FORGERIES = (_bit_of_body, _other_body, _bent_signature, _bent_timestamp, _other_secret, _two_headers)
_BODIES = (
    *(b"[" * depth for depth in (10, 1_000, 100_000)),
    *(b'{"a":' * depth for depth in (10, 1_000, 20_000)),
    b'{"type":"event_callback","event":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    b"payload=" + b"%5B" * 20_000,
    b'{"type":"event_callback","event":null}',
    b'{"a":NaN,"b":1e400,"c":-Infinity,"event":{"type":"app_mention","ts":NaN}}',
    b'{"type":"block_actions","type":"event_callback","event":{"type":"app_mention"},"event":5}',
    b'{"n":' + b"9" * 5_000 + b"}",
    b"",
)
