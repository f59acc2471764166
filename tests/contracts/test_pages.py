"""One contract for every channel that pages people: what happened is the outcome, in time, once, without secrets."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, is_dataclass
from functools import partial
from itertools import count
from typing import Any

import pytest

from bot import attempt
from bot.adapters.pages.fan_out import FanOut
from bot.adapters.pages.jira import Jira, Project
from bot.adapters.pages.mail import Mail, MailServer, Security
from bot.adapters.pages.pagerduty import PagerDuty
from bot.adapters.pages.phone import Sms, Voice
from bot.adapters.pages.slack import SlackChannel, SlackDirect, SlackMention
from bot.adapters.pages.slack_report import SlackReport
from bot.adapters.pages.twilio import Account
from bot.adapters.pages.webhook import Webhook
from bot.domain.delivery import Kind, Outcome, Page
from bot.domain.incidents.escalation_policy import WRITTEN
from bot.ports.pages import PageChannel
from tests.support.builders import NOW
from tests.support.page_endpoints import endpoint, jira, page, pagerduty, receiver, settled, twilio
from tests.support.slack_bench import ALERTS, ALEX
from tests.support.slack_thread import beside
from tests.support.smtp_endpoint import mail_endpoint

SECRET = "hush-7731-hush"
PHONE = "+15550123"
SOON_S = 1.0
"""For what never answers. All else has the five seconds of the port."""


@dataclass
class Place:
    """A vendor on this machine. `channel` is made for a time limit and, perhaps, another address than the vendor's."""

    channel: Callable[[float], PageChannel]
    target: str
    fault: Callable[[str], None]
    taken: Callable[[], int]

    def page(self, name: str = "7c1d") -> Page:
        return page(self.target, name)


def account(url: str, seconds: float = 5.0) -> Account:
    return Account("AC1", SECRET, "+15550100", url, seconds)


OVER_HTTP: dict[str, tuple[Any, str, Callable[[str, float], PageChannel]]] = {
    "pagerduty": (pagerduty, "", lambda url, seconds: PagerDuty(SECRET, url, seconds)),
    "voice": (twilio, PHONE, lambda url, seconds: Voice(account(url, seconds))),
    "sms": (twilio, PHONE, lambda url, seconds: Sms(account(url, seconds))),
    "jira": (jira, "", lambda url, seconds: Jira(Project(url, "a@example.com", SECRET, "DATA", "Task", seconds))),
    "webhook": (receiver, "", lambda url, seconds: Webhook(f"{url}/{SECRET}", SECRET, NOW.timestamp, seconds)),
}
MAIL_FAULTS = {
    "bad request": {"RCPT": f"550 5.1.1 <ana@example.com> unknown {SECRET}"},
    "unauthorised": {"AUTH": f"535 5.7.8 {SECRET}"},
    "not there": {"MAIL": "553 no such sender"},
    "a limit": {"RCPT": "450 4.2.1 later"},
    "closed for a while": {"GREETING": "421 not now"},
    "its fault": {".": "451 4.3.0 local error"},
    "no answer": {".": "hang"},
    "reset": {"DATA": "reset"},
    "taken, then reset": {".": "reset after"},
    "a lie": {".": "<html>"},
}
SLACK_FAULTS: dict[str, dict[str, Any]] = {
    "bad request": {"kind": "error", "error": "invalid_arguments"},
    "unauthorised": {"kind": "error", "error": "invalid_auth"},
    "not there": {"kind": "status", "status": 404},
    "a limit": {"kind": "rate_limited", "seconds": 7},
    "its fault": {"kind": "status", "status": 500},
    "redirected": {"kind": "status", "status": 302},
    "no answer": {"kind": "hang", "seconds": 1.5},
    "reset": {"kind": "reset"},
    "taken, then reset": {"kind": "reset_after"},
}
HTTP_FAULTS = (
    *("bad request", "unauthorised", "not there", "a limit", "closed for a while", "its fault", "redirected", "a lie"),
    *("no answer", "byte by byte", "reset", "taken, then reset"),
)
CASES: dict[str, Outcome] = {
    "": Outcome(Kind.YES),
    "bad request": Outcome(Kind.NO, permanent=True),
    "unauthorised": Outcome(Kind.NO, permanent=True),
    "not there": Outcome(Kind.NO, permanent=True),
    "a limit": Outcome(Kind.NO, retry_after=7.0),
    "closed for a while": Outcome(Kind.NO, retry_after=30.0),
    "its fault": Outcome(Kind.AMBIGUOUS),
    "redirected": Outcome(Kind.NO, permanent=True),
    "a lie": Outcome(Kind.AMBIGUOUS, permanent=True),
    "no answer": Outcome(Kind.AMBIGUOUS),
    "byte by byte": Outcome(Kind.AMBIGUOUS),
    "reset": Outcome(Kind.AMBIGUOUS),
    "taken, then reset": Outcome(Kind.AMBIGUOUS),
}
OTHERWISE = {
    ("webhook", "a lie"): Outcome(Kind.YES),
    ("mail", "a limit"): Outcome(Kind.NO),
    ("mail", "closed for a while"): Outcome(Kind.NO),
    ("mail", "its fault"): Outcome(Kind.NO),
}
"""A receiver of the team's answers with any 2xx; SMTP names no wait, and its 451 is a no."""
TAKEN = {Kind.YES: (1,), Kind.NO: (0,), Kind.AMBIGUOUS: (0, 1)}
FAULTS = {
    **dict.fromkeys(OVER_HTTP, HTTP_FAULTS),
    "mail": tuple(MAIL_FAULTS),
    "slack": tuple(SLACK_FAULTS),
    "mention": tuple(SLACK_FAULTS),
}
FOUND: dict[str, tuple[Kind | None, Kind | None]] = {
    "pagerduty": (Kind.NO, Kind.NO),
    "voice": (Kind.NO, Kind.YES),
    "sms": (Kind.NO, Kind.YES),
    "webhook": (None, None),
    "jira": (None, Kind.YES),
    "mail": (None, None),
    "slack": (Kind.NO, Kind.YES),
    "mention": (Kind.NO, Kind.YES),
}
"""What a look shows of a page that was not taken, and of one that was, while its answer got lost."""


@contextmanager
def over_http(name: str) -> Iterator[Place]:
    vendor, target, make = OVER_HTTP[name]
    with endpoint(vendor) as there:
        yield Place(
            lambda seconds: make(there.address, seconds),
            target,
            lambda fault: setattr(there, "fault", fault),
            lambda: len(there.taken),
        )


@contextmanager
def by_mail() -> Iterator[Place]:
    with mail_endpoint() as there:
        yield Place(
            lambda seconds: Mail(server(there.port, seconds)),
            "ana@example.com",
            lambda fault: setattr(there, "replies", MAIL_FAULTS.get(fault, {})),
            lambda: len(there.taken),
        )


def server(port: int, seconds: float = 5.0, security: Security = Security.NONE) -> MailServer:
    return MailServer("127.0.0.1", port, "fireline@example.com", security, "fireline", SECRET, seconds)


@contextmanager
def in_slack(*, team: bool = False) -> Iterator[Place]:
    with beside() as there:

        def fault(name: str) -> None:
            there.ask(lambda made: made.core.faults.clear())
            if name:
                ordered = {"method": "chat.postMessage", **SLACK_FAULTS[name]}
                there.ask(lambda made: made.core.faults.add(**ordered))

        def taken() -> int:
            if team:
                return len(there.messages(ALERTS))
            bot = there.workspace.identity.bot_user_id
            channel, _ = there.ask(lambda made: made.core.channels.direct(bot, ALEX, made.core.now()))
            return len(there.messages(channel["id"]))

        def channel(seconds: float) -> PageChannel:
            token, url = there.workspace.credentials.bot_token, there.workspace.api_url
            return SlackMention(token, url, ALERTS, seconds) if team else SlackDirect(token, url, seconds)

        yield Place(channel, ALEX, fault, taken)
        settled()


@contextmanager
def place_of(name: str) -> Iterator[Place]:
    with ExitStack() as stack:
        known: dict[str, Callable[[], AbstractContextManager[Place]]]
        known = {"mail": by_mail, "slack": in_slack, "mention": partial(in_slack, team=True)}
        yield stack.enter_context(known[name]() if name in known else over_http(name))


def expected(name: str, case: str) -> Outcome:
    return OTHERWISE.get((name, case), CASES[case])


def tried(name: str, case: str) -> tuple[Outcome, str]:
    """What a try showed, and all that a log or a traceback might show of it."""
    with place_of(name) as place:
        place.fault(case)
        channel = place.channel(SOON_S if case in ("no answer", "byte by byte") else 5.0)
        outcome = channel.send(place.page())
        assert (name, case) == ("webhook", "a lie") or place.taken() in TAKEN[outcome.kind], case
        values = [each for each in vars(channel).values() if is_dataclass(each)]
        return outcome, f"{outcome!r} {channel!r} {values!r}"


@pytest.mark.parametrize("name", FAULTS)
def test_what_happened_is_the_outcome(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Each fault on a vendor of its own, side by side: some of them take their time."""
    caplog.set_level(logging.DEBUG)
    cases = ("", *FAULTS[name])
    with ThreadPoolExecutor(4) as pool:
        outcomes = dict(zip(cases, pool.map(partial(tried, name), cases), strict=True))
    seen = {case: (one.kind, one.permanent, one.retry_after) for case, (one, _) in outcomes.items()}
    wanted = {case: expected(name, case) for case in cases}
    assert seen == {case: (one.kind, one.permanent, one.retry_after) for case, one in wanted.items()}
    assert SECRET not in "".join(said for _, said in outcomes.values()) + caplog.text


@pytest.mark.parametrize("name", FAULTS)
def test_a_look_tells_what_was_taken_from_what_was_not(name: str) -> None:
    kinds = []
    for case in ("reset", "taken, then reset"):
        with place_of(name) as place:
            place.fault(case)
            place.channel(5.0).send(place.page())
            found = place.channel(5.0).find(place.page())
            kinds.append(None if found is None else found.kind)
    assert tuple(kinds) == FOUND[name]


NOWHERE: dict[str, tuple[PageChannel, str]] = {
    **{name: (make("http://127.0.0.1:1", 5.0), target) for name, (_, target, make) in OVER_HTTP.items()},
    "mail": (Mail(server(1)), "ana@example.com"),
    "slack": (SlackDirect(SECRET, "http://127.0.0.1:1/api/"), ALEX),
    "mention": (SlackMention(SECRET, "http://127.0.0.1:1/api/", ALERTS), ALEX),
    "channel": (SlackChannel(SECRET, "http://127.0.0.1:1/api/"), ALERTS),
    "report": (SlackReport(SECRET, "http://127.0.0.1:1/api/", lambda _: None), ALERTS),
}


@pytest.mark.parametrize("name", NOWHERE)
def test_a_vendor_that_cannot_be_asked_shows_nothing(name: str) -> None:
    channel, target = NOWHERE[name]
    found, sent = channel.find(page(target)), channel.send(page(target))
    assert found is None or found.kind is Kind.AMBIGUOUS or name == "pagerduty"
    assert (sent.kind, sent.permanent, sent.reason[:11]) == (Kind.NO, False, "not reached")


@pytest.mark.parametrize("name", OVER_HTTP)
def test_a_handshake_without_an_end_is_a_no(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        channel = OVER_HTTP[name][2](f"https://127.0.0.1:{silent.getsockname()[1]}", 0.2)
        assert channel.send(page(OVER_HTTP[name][1])) == Outcome(Kind.NO, "not reached in time")
        settled()


def test_a_page_that_was_given_up_is_not_sent_later(monkeypatch: pytest.MonkeyPatch) -> None:
    answered, resolve = threading.Event(), socket.getaddrinfo

    def slow(*asked: Any, **more: Any) -> Any:
        answered.wait(10)
        return resolve(*asked, **more)

    with endpoint(receiver) as there, mail_endpoint() as post:
        post.replies = {"GREETING": "hang"}
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        for channel, target in (
            (Webhook(there.address, SECRET, NOW.timestamp, 0.2), ""),
            (Mail(server(post.port, 0.2)), "ana@example.com"),
        ):
            assert channel.send(page(target)) == Outcome(Kind.NO, "not reached in time")
        answered.set()
        post.released.set()
        settled()
    assert (there.requests, post.taken) == ([], [])
    assert "DATA" not in post.commands


HALF_SENT: dict[str, Callable[[str, float], PageChannel]] = {
    **{name: OVER_HTTP[name][2] for name in ("pagerduty", "voice", "sms", "webhook")},
    "slack": lambda url, seconds: SlackDirect(SECRET, f"{url}/api/", seconds),
}


@pytest.mark.parametrize("name", HALF_SENT)
@pytest.mark.parametrize("looks", [1, 2, 3], ids=["unconnected", "before its head", "before its body"])
def test_a_process_that_stood_still_sends_no_rest(name: str, looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """`looks` at the clock go well; then its time is over."""
    clock = count()
    monkeypatch.setattr(attempt, "monotonic_seconds", lambda: 0.0 if next(clock) < looks else 60.0)
    with endpoint(receiver) as there:
        sent = HALF_SENT[name](there.address, 5.0).send(page(PHONE))
    assert sent.kind is (Kind.NO if looks < 3 else Kind.AMBIGUOUS)
    assert [each.body for each in there.requests if each.body] == []


def test_an_answer_that_comes_in_pieces_is_read_whole() -> None:
    answer = b'{"ok": true, "channel": "D1", "ts": "1.2"}'
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in (answer[:9], answer[9:], b""))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    with endpoint(receiver) as there:
        there.raw = head + pieces
        assert SlackDirect(SECRET, f"{there.address}/api/").send(page(ALEX)) == Outcome(Kind.YES, "ok", ref="D1:1.2")


def test_what_wakes_nobody_is_known_to_the_policy() -> None:
    written = {FanOut.name, *(channel.name for channel, _ in NOWHERE.values() if not channel.wakes)}
    assert written - {SlackChannel.name, SlackReport.name} == WRITTEN


def test_a_redirect_is_not_followed() -> None:
    with endpoint(receiver) as there:
        there.fault = "redirected"
        Webhook(there.address, SECRET, NOW.timestamp).send(page())
        assert [each.path for each in there.requests] == ["/"]


def test_an_address_that_is_none_is_a_no_that_stays() -> None:
    outcome = Webhook(f"https://a..b/{SECRET}", SECRET, NOW.timestamp).send(page())
    assert (outcome.kind, outcome.permanent) == (Kind.NO, True)
    assert SECRET not in outcome.reason
