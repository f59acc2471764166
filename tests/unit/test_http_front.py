"""The HTTP way in: only what Slack signed lately is parsed at all, and nothing that comes in brings the app down.

The rules: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
import gzip
import hmac
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import example, given
from hypothesis import strategies as st
from multidict import CIMultiDict
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.ports.inbox import DELIVERY
from bot.services.probe import Probe
from bot.slack.http import LARGEST_BODY, MOST_SKEW_S, PATH, is_genuine, web_app
from sandbox.slack.http_delivery import sign
from tests.support.attacks import FORM, JSON
from tests.support.http_rig import NOW, Front, form, fronted, interaction
from tests.support.slack_bench import ALEX, MONITOR, small_history

VECTOR_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
VECTOR_AT = "1531420618"
VECTOR_SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
VECTOR_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url="
    b"https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
"""All four from the page above."""
HELP = form(command="/health", text="help", user_id=ALEX, channel_id=MONITOR, team_id="T01FIRELINE")


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    directory: Path = tmp_path_factory.mktemp("history")
    with small_history(directory) as services, fronted(services) as made:
        yield made


def test_the_documented_vector() -> None:
    headers = {"X-Slack-Request-Timestamp": VECTOR_AT, "X-Slack-Signature": VECTOR_SIGNATURE}
    assert is_genuine(VECTOR_SECRET, headers, VECTOR_BODY, float(VECTOR_AT))
    assert not is_genuine(VECTOR_SECRET, headers, VECTOR_BODY + b" ", float(VECTOR_AT))
    assert not is_genuine(VECTOR_SECRET[::-1], headers, VECTOR_BODY, float(VECTOR_AT))


def test_while_the_secret_is_changed_both_are_good_and_none_is_not() -> None:
    at, body = VECTOR_AT, VECTOR_BODY
    headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": VECTOR_SIGNATURE}
    for both in (f"{VECTOR_SECRET},new", f"new,{VECTOR_SECRET}"):
        assert is_genuine(both, headers, body, float(at))
    unsigned = {**headers, "X-Slack-Signature": f"v0={hmac.digest(b'', f'v0:{at}:'.encode() + body, 'sha256').hex()}"}
    for secrets in ("", ",", f"{VECTOR_SECRET},", f",{VECTOR_SECRET}"):
        assert not is_genuine(secrets, unsigned, body, float(at))


@pytest.mark.parametrize("age", [0, MOST_SKEW_S, -MOST_SKEW_S])
def test_young_enough(front: Front, age: int) -> None:
    assert front.signed(HELP, at=NOW - age) == (200, "")


@pytest.mark.parametrize("age", [MOST_SKEW_S + 1, 86_400, -MOST_SKEW_S - 1, NOW])
def test_replayed_later_or_from_the_future(front: Front, age: int) -> None:
    assert front.signed(HELP, at=NOW - age)[0] == 401


def test_a_delivery_is_not_that_of_the_next_request_on_its_connection() -> None:
    """A proxy sends Slack's requests and a pager's over one: what the pager says is no repetition of Slack's."""

    class Delivering(AsyncApp):
        async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:  # noqa: ARG002 (Bolt's)
            DELIVERY.set("D1")
            return BoltResponse(status=200)

    async def both() -> list[str]:
        app = Delivering(token="xoxb-x", signing_secret=VECTOR_SECRET)
        site = web_app(app, VECTOR_SECRET, lambda: float(NOW), Probe(wrong=lambda: [DELIVERY.get()]))
        async with TestClient(TestServer(site)) as client:
            named = {"X-Slack-Request-Timestamp": str(NOW), "X-Slack-Signature": sign(VECTOR_SECRET, NOW, HELP)}
            answer = await client.post(PATH, data=HELP, headers={"Content-Type": FORM, **named})
            assert (answer.status, await answer.text()) == (200, "")
            found: list[str] = (await (await client.get("/healthz")).json())["wrong"]
            return found

    assert asyncio.run(both()) == [""]


TIMESTAMPS = ["", "abc", "1e9", "-5", "+1", " 1", "1.5", "9" * 11, "9" * 5_000, "0x10", "NaN", "\uff11768930200"]
SIGNATURES = [
    "", "v0=", "v0", "v1=" + "a" * 64, "v0=" + "a" * 63, "v0=" + "a" * 65, "v0=" + "A" * 64, "v0=" + "g" * 64, "é" * 67,
    "v0=" + "a" * 64, "v0=" + "a" * 64 + " ", "a" * 64, "sha256=" + "a" * 64, "v0=" + "é" * 64, "v0=" + "0" * 64,
]  # fmt: skip


@pytest.mark.parametrize("timestamp", TIMESTAMPS)
def test_malformed_timestamps(front: Front, timestamp: str) -> None:
    headers = front.headers(HELP)
    headers["X-Slack-Request-Timestamp"] = timestamp
    assert front.post(HELP, headers)[0] == 401


@pytest.mark.parametrize("signature", SIGNATURES)
def test_malformed_signatures(front: Front, signature: str) -> None:
    headers = front.headers(HELP)
    headers["X-Slack-Signature"] = signature
    assert front.post(HELP, headers)[0] == 401


@pytest.mark.parametrize("missing", [("X-Slack-Signature",), ("X-Slack-Request-Timestamp",), ()])
def test_missing_headers(front: Front, missing: tuple[str, ...]) -> None:
    kept = {name: value for name, value in front.headers(HELP).items() if missing and name not in missing}
    assert front.post(HELP, kept)[0] == 401


@pytest.mark.parametrize("secret", ["", "another app's secret"])
def test_signed_with_something_else(front: Front, secret: str) -> None:
    headers = front.headers(HELP)
    headers["X-Slack-Signature"] = sign(secret, NOW, HELP)
    assert front.post(HELP, headers)[0] == 401


@pytest.mark.parametrize("name", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
@pytest.mark.parametrize("first", [True, False])
def test_two_of_one_header_are_no_second_chance(front: Front, name: str, first: bool) -> None:
    headers = list(front.headers(HELP).items())
    other = (name, "v0=" + "0" * 64 if name == "X-Slack-Signature" else str(NOW - 1))
    assert front.post(HELP, CIMultiDict([other, *headers] if first else [*headers, other]))[0] == 401


def test_the_body_is_verified_as_it_came(front: Front) -> None:
    headers = front.headers(HELP)
    assert front.post(HELP, headers)[0] == 200
    for other in (HELP + b"\n", HELP.replace(b"%2F", b"%2f"), HELP.replace(b"&", b"&&", 1), HELP.upper(), b""):
        assert front.post(other, headers)[0] == 401


def test_header_names_of_any_case(front: Front) -> None:
    lower = {name.lower(): value for name, value in front.headers(HELP).items()}
    assert front.post(HELP, lower)[0] == 200


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "nonsense"])
def test_a_body_is_never_unpacked(front: Front, encoding: str) -> None:
    headers = {"Content-Encoding": encoding}
    for body in (b"\x00not packed", gzip.compress(b"x" * 5_000_000)):
        assert front.post(body, headers)[0] == 401
        assert front.post(body, {**headers, **front.headers(body + b"x")})[0] == 401


def test_replayed_at_once_nothing_happens(front: Front) -> None:
    """Signed bytes count once for as long as they are young enough; another signature is another request."""
    body = HELP + b"&trigger_id=replayed"
    before = front.calls()
    assert front.signed(body) == (200, "")
    assert front.settled_calls() == before + 1
    for _ in range(3):
        assert front.signed(body) == (200, "")
    assert front.settled_calls() == before + 1
    assert front.signed(body, at=NOW - 1) == (200, "")
    assert front.settled_calls() == before + 2


def test_what_failed_with_us_may_come_again(front: Front) -> None:
    """Slack's first retry comes at once: in the same second its bytes and its signature are the same."""
    seen: list[int] = []

    async def fails_first(next: Callable[[], Awaitable[None]]) -> None:
        seen.append(len(seen))
        if len(seen) == 1:
            raise RuntimeError("a bad moment")
        await next()

    app = AsyncApp(token="xoxb-1", signing_secret="", request_verification_enabled=False, before_authorize=fails_first)
    body = json.dumps({"type": "url_verification", "challenge": "again"}).encode()
    with front.beside(app) as other:
        assert [other.signed(body, JSON) for _ in range(3)] == [(500, ""), (200, '{"challenge": "again"}'), (200, "")]
    assert seen == [0, 1]


def test_ssl_check(front: Front) -> None:
    """Slack signs these too; unsigned ones are strangers'."""
    assert front.signed(form(ssl_check="1", token="x"))[0] == 200
    assert front.post(form(ssl_check="1", token="x"), {"Content-Type": FORM})[0] == 401


def test_url_verification(front: Front) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB", "token": "x"}).encode()
    status, text = front.signed(body, JSON)
    assert (status, json.loads(text)) == (200, {"challenge": "3eZbrw1aB"})


def test_too_large_signed_or_not(front: Front) -> None:
    huge = b"x" * (LARGEST_BODY + 1)
    assert front.signed(huge)[0] == 413
    assert front.post(huge, {})[0] == 401, "refused by its headers, before it is read"


DEEP = 100_000
BROKEN = [
    (b"\xff\xfe", JSON), (b"payload=\xff", FORM), (b"[" * DEEP, JSON), (b'{"a":' * (DEEP // 5), JSON), (b"{", JSON),
    (b'{"n":' + b"9" * 5_000 + b"}", JSON), (b"[]", JSON), (b"null", JSON), (b"5", JSON), (b'"x"', JSON),
    (b"[1,2]", JSON), (b"payload=", FORM), (b"payload=x", FORM), (b"payload=[]", FORM),
    (b"payload=null", FORM), (b"{}x", JSON),
    (interaction({"type": "block_actions", "actions": [5]}), FORM), (b'{"authorizations":5}', JSON),
    (interaction({"type": "block_actions", "actions": "x"}), FORM), (b'{"event":"x"}', JSON), (b'{"team":5}', JSON),
]  # fmt: skip


BROKEN += [
    (
        json.dumps(
            {"type": kind, "event": None, "event_id": "Ev0", "user": {"id": ALEX}, "team": {"id": "T1"}}
        ).encode(),
        JSON,
    )
    for kind in ("event_callback", "", None, {"id": None})
]


@pytest.mark.parametrize(("body", "kind"), BROKEN)
def test_signed_nonsense_is_refused(front: Front, body: bytes, kind: str) -> None:
    assert front.signed(body, kind)[0] == 400


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM), (b"{}", JSON), (b'{"a":NaN,"b":1e400}', JSON), (b'{"a":"\\ud800"}', JSON), (b"command=/no", FORM),
        (b'{"type":"event_callback","event":{"type":"nothing_we_know"}}', JSON), (b'{"type":"a","type":"b"}', JSON),
    ],
)  # fmt: skip
def test_signed_but_nothing_of_ours_is_acknowledged(front: Front, body: bytes, kind: str) -> None:
    """Slack sends again what is not acknowledged, and in the end sends nothing more to the app."""
    before = front.calls()
    assert front.signed(body, kind)[0] == 200
    assert front.settled_calls() == before


@given(at=st.integers(0, len(HELP) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_taken(front: Front, at: int, bit: int) -> None:
    headers, before = front.headers(HELP), front.calls()
    flipped = HELP[:at] + bytes([HELP[at] ^ 1 << bit]) + HELP[at + 1 :]
    assert front.post(flipped, headers)[0] == 401
    assert front.calls() == before


HEADER = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=80)


@given(body=st.binary(max_size=200), timestamp=HEADER, signature=HEADER)
@example(body=b"[]", timestamp=str(NOW), signature="v0=" + "0" * 64)
def test_forgeries_are_never_taken(front: Front, body: bytes, timestamp: str, signature: str) -> None:
    before = front.calls()
    headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
    assert front.post(body, headers)[0] == 401
    assert front.calls() == before


def test_an_answer_goes_to_no_address_that_is_not_slacks(front: Front) -> None:
    asked = list[str]()

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        writer.close()

    server = front.wait(asyncio.start_server(elsewhere, "127.0.0.1", 0))
    url, before = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/commands/T1", front.calls()
    assert front.signed(HELP + b"&" + form(response_url=url))[0] == 200
    assert front.settled_calls() > before, "answered by Slack's Web API"
    server.close()
    assert asked == []


def test_it_still_answers(front: Front) -> None:
    assert front.signed(HELP)[0] == 200
    assert front.wait(front.client.get("/healthz")).status == 200
    assert front.wait(front.client.get("/metrics")).status == 200
    assert front.wait(front.client.get("/slack/events")).status == 405
