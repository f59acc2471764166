"""Pub/Sub pushes with a token of Google: forty bad tokens, keys that cannot be had, messages that come again."""

import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hmac import digest
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from bot.adapters.google_tokens import LEAST_S, GoogleTokens
from bot.callbacks.pubsub import PATH, PubSubDoor
from bot.domain.errors import StateUnavailable
from bot.services.intake import Intake
from tests.support.intake_bench import IntakeBench, intake_bench, told
from tests.support.local_server import served

AUDIENCE, ACCOUNT = "https://fireline.example.com/v1/pubsub", "push@project.iam.gserviceaccount.com"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key of that name, made once."""
    assert name
    return rsa.generate_private_key(65_537, 2_048)


@cache
def certificate(name: str) -> str:
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key(name).public_key())
    began = datetime(2026, 1, 1, tzinfo=UTC)
    made = made.serial_number(1).not_valid_before(began).not_valid_after(began + timedelta(days=36_500))
    return made.sign(key(name), hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class Keys:
    """Where Google's keys are, on this machine. `kids` None: it does not answer."""

    kids: tuple[str, ...] | None = ("k1",)
    asked: int = 0
    seconds: float = 0.0
    url: str = ""
    others: dict[str, Any] = field(default_factory=dict)

    def clock(self) -> float:
        return self.seconds


@pytest.fixture
def keys() -> Iterator[Keys]:
    made = Keys()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked += 1
            if made.kids is None:
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Cache-Control", "public, max-age=3600, must-revalidate")
            self.end_headers()
            self.wfile.write(json.dumps({kid: certificate(kid) for kid in made.kids}).encode())

        def log_message(self, *_: object) -> None:
            pass

    with served(Handler) as port:
        made.url = f"http://127.0.0.1:{port}/certs"
        yield made


@pytest.fixture
def bench(tmp_path: Path, keys: Keys) -> Iterator[IntakeBench]:
    tokens = GoogleTokens(AUDIENCE, ACCOUNT, keys.clock, keys.url)

    def door(intake: Intake) -> list[web.RouteDef]:
        return [web.post(PATH, PubSubDoor(tokens, intake).push)]

    with intake_bench(tmp_path) as made:
        made.more = door
        yield made


def packed(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def token(
    signer: str = "k1",
    head: Mapping[str, Any] | None = None,
    sign: Callable[[bytes], bytes] | None = None,
    **claims: Any,
) -> str:
    """As Google signs for Pub/Sub; `claims` None are left out."""
    now = int(time.time())
    whole = {"alg": "RS256", "kid": "k1", "typ": "JWT"} | dict(head or {})
    said = {
        "aud": AUDIENCE, "azp": "1139", "email": ACCOUNT, "email_verified": True, "exp": now + 3_600, "iat": now,
        "iss": "https://accounts.google.com", "sub": "1139",
    } | claims  # fmt: skip
    given = [{name: value for name, value in part.items() if value is not None} for part in (whole, said)]
    signed = ".".join(packed(json.dumps(part).encode()) for part in given)
    by = sign or (lambda data: key(signer).sign(data, padding.PKCS1v15(), hashes.SHA256()))
    return f"{signed}.{packed(by(signed.encode()))}"


def push(message: object, name: str = "m1") -> dict[str, Any]:
    data = message if isinstance(message, bytes) else json.dumps(message).encode()
    return {"message": {"data": b64encode(data).decode(), "messageId": name}, "subscription": "projects/p/s"}


def with_public_key(data: bytes) -> bytes:
    return digest(certificate("k1").encode(), data, "sha256")


def by_elliptic_curve(data: bytes) -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).sign(data, ec.ECDSA(hashes.SHA256()))


def changed(at: int, part: int) -> str:
    """A good token with one character of a part changed."""
    parts = token().split(".")
    parts[part] = parts[part][:at] + ("A" if parts[part][at] != "A" else "B") + parts[part][at + 1 :]
    return ".".join(parts)


NOW = int(time.time())
BAD: dict[str, Callable[[], str]] = {
    "none at all": lambda: "",
    "no token": lambda: "hush",
    "two parts": lambda: token().rpartition(".")[0],
    "no signature": lambda: f"{token().rpartition('.')[0]}.",
    "four parts": lambda: f"{token()}.AAAA",
    "blanks": lambda: f" {token()[:40]} {token()[40:]}",
    "too long": lambda: token(sub="x" * 5_000),
    "alg none": lambda: token(head={"alg": "none"}, sign=lambda _: b"x"),
    "alg None": lambda: token(head={"alg": "None"}),
    "alg left out": lambda: token(head={"alg": None}),
    "alg a list": lambda: token(head={"alg": ["RS256"]}),
    "HS256 with the public key": lambda: token(head={"alg": "HS256"}, sign=with_public_key),
    "RS256 said, HS256 with the public key": lambda: token(sign=with_public_key),
    "ES256": lambda: token(head={"alg": "ES256"}, sign=by_elliptic_curve),
    "RS512": lambda: token(
        head={"alg": "RS512"}, sign=lambda data: key("k1").sign(data, padding.PKCS1v15(), hashes.SHA512())
    ),
    "another key": lambda: token("k2"),
    "a key that is not published": lambda: token("k2", head={"kid": "k2"}),
    "unknown kid": lambda: token(head={"kid": "k9"}),
    "kid left out": lambda: token(head={"kid": None}),
    "kid a number": lambda: token(head={"kid": 1}),
    "its own key": lambda: token("k2", head={"jwk": {"kty": "RSA"}, "jku": "http://127.0.0.1/certs"}),
    "another audience": lambda: token(aud="https://other.example.com/v1/pubsub"),
    "audience with a slash": lambda: token(aud=f"{AUDIENCE}/"),
    "audience in capitals": lambda: token(aud=AUDIENCE.upper()),
    "no audience": lambda: token(aud=None),
    "a list of audiences": lambda: token(aud=[AUDIENCE]),
    "another issuer": lambda: token(iss="https://accounts.example.com"),
    "an issuer like it": lambda: token(iss="https://accounts.google.com.example.com"),
    "no issuer": lambda: token(iss=None),
    "another account": lambda: token(email="push@other.iam.gserviceaccount.com"),
    "account in capitals": lambda: token(email=ACCOUNT.upper()),
    "no account": lambda: token(email=None),
    "account not verified": lambda: token(email_verified=False),
    "account verified, as a text": lambda: token(email_verified="true"),
    "account verified, left out": lambda: token(email_verified=None),
    "expired": lambda: token(exp=NOW - 600, iat=NOW - 4_200),
    "no expiry": lambda: token(exp=None),
    "expiry a text": lambda: token(exp="never"),
    "from the future": lambda: token(iat=NOW + 1_800),
    "no time of issue": lambda: token(iat=None),
    "a changed claim": lambda: changed(20, 1),
    "a changed head": lambda: changed(12, 0),
    "a changed signature": lambda: changed(30, 2),
    "claims that are a list": lambda: ".".join([token().split(".")[0], packed(b"[]"), token().split(".")[2]]),
    "not JSON": lambda: ".".join([packed(b"{"), packed(b"{"), packed(b"x")]),
}


def test_forty_bad_tokens_are_refused(bench: IntakeBench) -> None:
    assert len(BAD) >= 40
    accepted = {name: bench.post(push(told("start")), PATH, made())[0] for name, made in BAD.items()}
    assert {name: status for name, status in accepted.items() if status != 401} == {}
    assert bench.post(push(told("start")), PATH, token=None)[0] == 401
    assert bench.pushed.last() == 0


@pytest.mark.parametrize("iss", ["https://accounts.google.com", "accounts.google.com"])
def test_a_good_token_is_believed_and_its_message_counts_once(bench: IntakeBench, iss: str) -> None:
    answers = [bench.post(push(told(kind)), PATH, token(iss=iss)) for kind in ("start", "start", "failed")]
    assert [(status, answer["accepted"]) for status, answer in answers] == [(200, 1), (200, 0), (200, 0)]
    assert bench.post(push(told("success", 7), "m2"), PATH, token())[1]["accepted"] == 1
    bench.sync()
    assert [run["status"] for run in bench.runs()] == ["success"]


def test_a_message_is_acknowledged_only_once_it_is_stored(bench: IntakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> int:
        raise StateUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(bench.pushed, "add", fails)
        assert bench.post(push(told("start")), PATH, token())[0] == 503
    assert bench.post(push(told("start")), PATH, token())[1]["accepted"] == 1


def test_without_keys_nothing_is_believed_once_those_held_are_old(bench: IntakeBench, keys: Keys) -> None:
    keys.kids = None
    assert bench.post(push(told("start")), PATH, token())[0] == 503
    keys.kids, keys.seconds = ("k1",), LEAST_S
    assert bench.post(push(told("start")), PATH, token())[0] == 200
    keys.kids, keys.seconds = None, LEAST_S + 3_599
    assert bench.post(push(told("failed", 9), "m2"), PATH, token())[0] == 200
    keys.seconds = LEAST_S + 3_600
    assert bench.post(push(told("failed", 10), "m3"), PATH, token())[0] == 503
    assert bench.pushed.last() == 2


def test_new_keys_are_found_at_once_and_old_ones_are_believed_no_more(bench: IntakeBench, keys: Keys) -> None:
    assert bench.post(push(told("start")), PATH, token())[0] == 200
    keys.kids, keys.seconds = ("k2",), LEAST_S
    assert bench.post(push(told("failed", 9), "m2"), PATH, token("k2", head={"kid": "k2"}))[0] == 200
    assert bench.post(push(told("failed", 10), "m3"), PATH, token())[0] == 401
    before = keys.asked
    for _ in range(20):
        assert bench.post(push(told("start")), PATH, token(head={"kid": "k9"}))[0] == 401
    assert keys.asked == before


def test_openlineage_comes_through_pubsub_too(bench: IntakeBench) -> None:
    event = {
        "eventType": "FAIL", "eventTime": "2026-01-20T10:00:00Z", "producer": "p", "job": {"name": "Box"},
        "run": {"runId": "r", "facets": {"nominalTime": {"nominalStartTime": "2026-01-15T00:00:00Z"}}},
    }  # fmt: skip
    assert bench.post(push(event), PATH, token())[0] == 200
    bench.sync()
    assert [run["status"] for run in bench.runs()] == ["failed"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": 7},
        {"message": {"data": "e30="}},
        {"message": {"data": "e30=", "messageId": ""}},
        {"message": {"data": "e30=", "messageId": "m" * 201}},
        {"message": {"data": "%%%", "messageId": "m"}},
        {"message": {"data": 7, "messageId": "m"}},
        {"message": {"messageId": "m"}},
        push(b"\xff"),
        push({"run_id": "r"}),
        [],
    ],
    ids=range(11),
)
def test_a_message_that_makes_no_sense_is_acknowledged_and_kept(bench: IntakeBench, body: object) -> None:
    for _ in range(2):
        assert bench.post(body, PATH, token())[0] == 200
    assert bench.pushed.last() == 1
    [kept] = bench.pushed.newest_aside(bench.now, 10)
    assert (kept.aside.place.startswith("pubsub:"), bool(kept.aside.reason)) == (True, True)


def test_what_is_set_aside_counts_with_its_source_and_the_rest_of_the_message_is_taken(bench: IntakeBench) -> None:
    odd = told("sucess", error_message="password=hunter22x")
    bench.post(push({"events": [told("start"), odd, told("failed", 9)]}), PATH, token())
    bench.post(push(b"hello", "m2"), PATH, token())
    assert bench.sync().rejected == 2
    bench.post(push(told("start", run_id="r2"), "m3"), PATH, token())
    bench.post(push([7], "m4"), PATH, token())
    assert bench.sync().rejected == 1
    assert bench.sync().rejected == 0
    assert sorted(run["status"] for run in bench.runs()) == ["failed", "running"]
    (status,) = bench.sources.statuses()
    assert (status.rejected, status.rows) == (3, 2)
    assert status.warnings == (
        "set aside: pubsub:projects/p/s:m4 event 1 of 2026-01-20 12:00 UTC: event '7': is no object",
        "set aside: pubsub:projects/p/s:m2 of 2026-01-20 12:00 UTC: body 5 bytes: is no JSON: Expecting value: line 1 "
        "column 1 (char 0)",
        "set aside: pubsub:projects/p/s:m1 event 2 of 2026-01-20 12:00 UTC: kind 'sucess': Did you mean success?",
    )
    assert bench.sources.check("pushed").startswith("6 events so far; set aside: pubsub:projects/p/s:m4")
    assert not [each for each in bench.pushed.newest_aside(bench.now, 10) if "hunter22x" in each.aside.body]


def test_where_nothing_reads_what_makes_no_sense_is_sent_again(bench: IntakeBench) -> None:
    bench.is_read = False
    assert bench.post(push(b"hello"), PATH, token())[0] == 503
    assert bench.pushed.last() == 0
