"""What each vendor is told of a page, and how an earlier try is recognised there."""

import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bot.adapters.pages.jira import Jira, Project
from bot.adapters.pages.mail import Mail, MailServer, Security
from bot.adapters.pages.pagerduty import PagerDuty
from bot.adapters.pages.phone import Sms, Voice
from bot.adapters.pages.slack import EVENT, SlackDirect, SlackMention
from bot.adapters.pages.twilio import PAGE_SIZE, Account
from bot.adapters.pages.webhook import Webhook
from bot.domain.delivery import Act, Kind, Outcome
from bot.domain.findings.severity import Severity
from sandbox.slack import posting
from sandbox.slack.server import Workspace
from tests.support.builders import NOW
from tests.support.own_certificate import own_certificate
from tests.support.page_endpoints import (
    Endpoint,
    Request,
    basic,
    endpoint,
    entry,
    jira,
    page,
    pagerduty,
    receiver,
    twilio,
)
from tests.support.slack_bench import ALERTS, ALEX
from tests.support.slack_handicaps import drop_scopes, without_metadata
from tests.support.slack_thread import Beside, beside
from tests.support.smtp_endpoint import MailEndpoint, mail_endpoint

PHONE = "+15550123"


@pytest.fixture
def phones() -> Iterator[Endpoint]:
    with endpoint(twilio) as made:
        yield made


@pytest.fixture
def post() -> Iterator[MailEndpoint]:
    with mail_endpoint() as made:
        yield made


@pytest.fixture(scope="module")
def slack() -> Iterator[Beside]:
    with beside() as made:
        yield made


def account(place: Endpoint) -> Account:
    return Account("AC1", "hush", "+15550100", place.address)


def server(place: MailEndpoint, security: Security = Security.NONE) -> MailServer:
    return MailServer("127.0.0.1", place.port, "fireline@example.com", security)


def verbs(post: MailEndpoint) -> list[str]:
    """Without the QUIT that nobody waits for."""
    return [verb for each in post.commands if (verb := each.split()[0]) != "QUIT"]


def no_history(made: Workspace) -> None:
    drop_scopes(made, "im:history")


def direct(slack: Beside) -> SlackDirect:
    return SlackDirect(slack.workspace.credentials.bot_token, slack.workspace.api_url)


def test_pagerduty_follows_one_alert_through_its_states() -> None:
    with endpoint(pagerduty) as there:
        channel = PagerDuty("R1", there.address)
        for act in (Act.TRIGGER, Act.ACKNOWLEDGE, Act.RESOLVE):
            assert channel.send(page(act=act)).kind is Kind.YES
        assert channel.send(page(act=Act.ASK)) == Outcome(Kind.NO, "PagerDuty takes no ask", permanent=True)
        events = [json.loads(each.body) for each in there.taken]
    assert [event["event_action"] for event in events] == ["trigger", "acknowledge", "resolve"]
    assert {(event["routing_key"], event["dedup_key"]) for event in events} == {("R1", "INC-42:1")}
    assert events[0]["payload"]["summary"] == page().title
    assert ["payload" in event for event in events] == [True, False, False]


WORDS = {Severity.P0: "critical", Severity.P1: "error", Severity.P2: "warning", Severity.P3: "info"}


@pytest.mark.parametrize(("severity", "word"), WORDS.items(), ids=WORDS)
def test_pagerduty_hears_how_bad_it_is(severity: Severity, word: str) -> None:
    with endpoint(pagerduty) as there:
        PagerDuty("R1", there.address).send(page(severity=severity, dedup_key="k" * 300, title="t\n" * 2_000))
        (sent,) = there.taken
    event = json.loads(sent.body)
    assert event["payload"]["severity"] == word
    assert (len(event["dedup_key"]), len(event["payload"]["summary"])) == (64, 1_024)


def test_a_webhook_is_signed_over_its_time_and_body() -> None:
    with endpoint(receiver) as there:
        for _ in range(2):
            Webhook(f"{there.address}/hook", "hush", NOW.timestamp).send(page())
        sent, again = there.taken
    timestamp = sent.headers["X-Fireline-Timestamp"]
    assert timestamp == str(int(NOW.timestamp()))
    signed = hmac.new(b"hush", b"v1:" + timestamp.encode() + b":" + sent.body, sha256).hexdigest()
    assert sent.headers["X-Fireline-Signature"] == f"v1={signed}"
    assert sent.headers["Idempotency-Key"] == again.headers["Idempotency-Key"] == page().id
    assert json.loads(sent.body)["text"] == page().text


@pytest.fixture
def tickets() -> Iterator[Endpoint]:
    with endpoint(jira) as made:
        yield made


def project(place: Endpoint) -> Project:
    return Project(place.address, "a@example.com", "hush", "DATA", "Task")


def test_an_episode_has_one_ticket(tickets: Endpoint) -> None:
    channel = Jira(project(tickets))
    first = channel.send(page(name="1", text="*bold* [~ana]\n\n{code}"))
    assert first == Outcome(Kind.YES, "created", ref="DATA-1")
    assert channel.send(page(name="2")) == Outcome(Kind.YES, "there already", ref="DATA-1")
    assert channel.send(page(act=Act.ASK)) == Outcome(Kind.NO, "Jira takes no ask", permanent=True)
    assert channel.send(page(dedup_key="INC-42:2")) == Outcome(Kind.YES, "created", ref="DATA-2")
    fields = json.loads(tickets.taken[0].body)["fields"]
    said = [line["content"][0] for line in fields["description"]["content"]]
    assert said == [{"type": "text", "text": "*bold* [~ana]"}, {"type": "text", "text": "{code}"}]
    assert (fields["project"], fields["issuetype"]) == ({"key": "DATA"}, {"name": "Task"})
    assert tickets.taken[0].headers["Authorization"] == basic("a@example.com", "hush")


@pytest.mark.parametrize("answer", [(500, {}), (401, {}), (200, b"<html>")])
def test_where_a_ticket_cannot_be_looked_for_none_is_made(answer: tuple[int, Any]) -> None:
    with endpoint(lambda _, __: answer) as there:
        outcome = Jira(project(there)).send(page())
        assert (outcome.kind, there.posts()) == (Kind.NO, [])


def test_a_ticket_that_was_not_looked_for_in_time_is_not_made() -> None:
    def silent(place: Endpoint, _: Request) -> tuple[int, Any]:
        place.released.wait(10)
        return 200, {"issues": []}

    with endpoint(silent) as there:
        outcome = Jira(replace(project(there), timeout_s=1.0)).send(page())
        assert (outcome.kind, there.posts()) == (Kind.NO, [])


@pytest.mark.parametrize("found", [[{"id": "1"}], [{"key": ""}], ["DATA-1"], [None], {"key": "DATA-1"}, "all", None])
def test_a_search_that_shows_no_ticket_proves_none(found: object) -> None:
    with endpoint(lambda *_: (200, {"issues": found})) as there:
        outcome = Jira(project(there)).send(page())
        assert (outcome.kind, outcome.permanent, there.posts()) == (Kind.NO, True, [])


def test_a_yes_without_a_name_of_what_was_made_is_none() -> None:
    with endpoint(lambda _, asked: (200, {"issues": []} if asked.method == "GET" else {"key": "", "sid": ""})) as there:
        outcomes = [each.send(page(PHONE)) for each in (Jira(project(there)), Sms(account(there)))]
        assert {(each.kind, each.permanent) for each in outcomes} == {(Kind.AMBIGUOUS, True)}


def test_a_call_says_the_page_as_text_and_asks_for_a_digit_only_where_somebody_hears_it(phones: Endpoint) -> None:
    Voice(account(phones)).send(page(PHONE))
    Voice(account(phones), "https://fireline.example.com").send(page(PHONE, "id&1"))
    plain, asking = (ElementTree.fromstring(each.form()["Twiml"]) for each in phones.taken)
    assert [each.tag for each in plain.iter()] == ["Response", "Say"]
    assert plain[0].text == page().text
    assert [each.tag for each in asking.iter()] == ["Response", "Gather", "Say"]
    assert asking[0].get("action") == "https://fireline.example.com/twilio/digits?page=id%261"
    assert phones.taken[0].headers["Authorization"] == basic("AC1", "hush")
    assert (phones.taken[0].form()["To"], phones.taken[0].form()["From"]) == (PHONE, "+15550100")


def test_the_longest_text_fits_into_a_call(phones: Endpoint) -> None:
    assert Voice(account(phones)).send(page(PHONE, text="&\x00<" * 5_000)).kind is Kind.YES
    assert len(phones.taken[0].form()["Twiml"]) <= 4_000


def test_a_call_for_another_page_is_not_this_ones(phones: Endpoint) -> None:
    channel = Voice(account(phones))
    channel.send(page(PHONE, "other"))
    entry(phones, "Calls", {"To": PHONE, "From": "+15559999"})
    assert channel.find(page(PHONE)) == Outcome(Kind.NO, "no call since the first try")
    phones.fault = "taken, then reset"
    channel.send(page(PHONE))
    assert channel.find(page(PHONE)) == Outcome(Kind.YES, "queued", ref="CA2")


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_call_that_never_rang_may_be_placed_again(phones: Endpoint, status: str) -> None:
    entry(phones, "Calls", {"To": PHONE, "From": "+15550100"}, status)
    found = Voice(account(phones)).find(page(PHONE))
    assert found is not None
    assert (found.kind, found.reason) == (Kind.NO, status)


def test_a_text_message_is_known_by_its_mark(phones: Endpoint) -> None:
    channel = Sms(account(phones))
    channel.send(page(PHONE, "first", text="long " * 500 + "\nAcknowledge: /incident INC-42 ack"))
    body = phones.taken[0].form()["Body"]
    assert len(body) == 450
    assert body.splitlines()[-2] == "Acknowledge: /incident INC-42 ack"
    assert channel.find(page(PHONE, "first")) == Outcome(Kind.YES, "queued", ref="ME0")
    assert channel.find(page(PHONE, "second")) == Outcome(Kind.NO, "no such message since the first try")


@pytest.mark.parametrize(("status", "kind"), [(429, Kind.AMBIGUOUS), (500, Kind.AMBIGUOUS), (403, None)])
def test_a_list_that_is_not_shown_just_now_is_to_be_asked_for_again(status: int, kind: Kind | None) -> None:
    with endpoint(lambda _place, _request: (status, {})) as ill:
        found = Voice(account(ill)).find(page(PHONE))
    assert (found and found.kind) == kind


@pytest.mark.parametrize("resource", ["Calls", "Messages"])
def test_a_list_that_is_too_long_to_be_whole_tells_nothing(phones: Endpoint, resource: str) -> None:
    for _ in range(PAGE_SIZE):
        entry(phones, resource, {"To": PHONE, "From": "+15559999", "Body": "other"})
    channel = Voice(account(phones)) if resource == "Calls" else Sms(account(phones))
    assert channel.find(page(PHONE)) is None


def test_a_mail_has_one_name_and_no_header_out_of_data(post: MailEndpoint) -> None:
    told = page("ana@example.com", title="P0\r\nBcc: eve@example.com\n\nx", text="naïve\r\n.\r\nQUIT")
    first, second = Mail(server(post)).send(told), Mail(server(post)).send(told)
    one, two = (message_from_bytes(each, policy=default) for each in post.taken)
    assert first.kind is second.kind is Kind.YES
    assert one["Message-ID"] == two["Message-ID"] == first.ref
    assert (one["Bcc"], one["To"], one["Subject"]) == (None, "ana@example.com", "P0 Bcc: eve@example.com x")
    assert one["Auto-Submitted"] == "auto-generated"
    assert "naïve" in one.get_content()
    commands = [each.casefold() for each in post.commands]
    assert [each for each in commands if each.startswith("rcpt")] == ["rcpt to:<ana@example.com>"] * 2


@pytest.mark.parametrize("address", ["", "a@b\r\nRCPT TO:<c@d>", "a@b,c@d", "<a@b>", "ä@example.com"])
def test_mail_goes_to_plain_addresses_alone(post: MailEndpoint, address: str) -> None:
    outcome = Mail(server(post)).send(page(address))
    assert (outcome.kind, outcome.permanent, post.commands) == (Kind.NO, True, [])


def test_a_server_without_encryption_gets_nothing_in_the_clear(post: MailEndpoint) -> None:
    outcome = Mail(server(post, Security.STARTTLS)).send(page("ana@example.com"))
    assert (outcome.kind, outcome.permanent) == (Kind.NO, True)
    assert "STARTTLS" in outcome.reason
    assert verbs(post) == ["ehlo"]


@pytest.mark.parametrize("trusted", [True, False])
def test_a_password_goes_to_a_server_that_proves_its_name(
    post: MailEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    post.tls, pem = own_certificate(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    outcome = Mail(replace(server(post, Security.STARTTLS), user="a", password="hush")).send(page("ana@example.com"))
    if trusted:
        assert (outcome.kind, len(post.taken)) == (Kind.YES, 1)
        assert verbs(post) == ["ehlo", "STARTTLS", "ehlo", "AUTH", "mail", "rcpt", "data"]
    else:
        assert (outcome.kind, outcome.permanent, post.taken) == (Kind.NO, True, [])
        assert verbs(post) == ["ehlo", "STARTTLS"]


def test_a_direct_message_shows_its_text_and_calls_nobody(slack: Beside) -> None:
    sent = direct(slack).send(page(ALEX, "shown"))
    channel, _, ts = sent.ref.partition(":")
    shown = next(each for each in slack.messages(channel) if each["ts"] == ts)
    assert shown["text"] == "INC-42 P0: BoxScores &lt;stopped&gt; &amp; waits. Next: &lt;!channel&gt; Ben at 12:05."
    assert direct(slack).find(page(ALEX, "shown")) == Outcome(Kind.YES, "ok", ref=sent.ref)
    assert direct(slack).find(page(ALEX, "not sent")) == Outcome(Kind.NO, "no such message since the first try")


def test_a_mention_names_one_person_in_the_teams_channel(slack: Beside) -> None:
    """Its text is data: it calls nobody else."""
    team = SlackMention(slack.workspace.credentials.bot_token, slack.workspace.api_url, ALERTS)
    sent = team.send(page(ALEX, "named"))
    [shown] = slack.messages(ALERTS)
    assert sent == Outcome(Kind.YES, "ok", ref=f"{ALERTS}:{shown['ts']}")
    assert shown["text"].startswith(f"<@{ALEX}> INC-42 P0: BoxScores &lt;stopped&gt;")
    assert "&lt;!channel&gt;" in shown["text"]
    assert team.find(page(ALEX, "named")) == sent
    assert team.find(page(ALEX, "not sent")) == Outcome(Kind.NO, "no such message since the first try")


def test_a_strangers_message_with_our_metadata_is_not_ours(slack: Beside) -> None:
    def forge(made: Workspace) -> None:
        channel, _ = made.core.channels.direct(made.identity.bot_user_id, ALEX, made.core.now())
        payload = {"event_type": EVENT, "event_payload": {"id": "forged"}}
        forged = posting.bot_message(made.core, "looks like ours", metadata=payload)
        posting.post(made.core, channel, {**forged, "user": "U02SAM", "bot_id": "B0STRANGER"})

    slack.ask(forge)
    found = direct(slack).find(page(ALEX, "forged"))
    assert found is not None
    assert found.kind is Kind.NO


@pytest.mark.parametrize("fault", ["rate_limited", "status", "reset"])
def test_a_slack_that_cannot_be_asked_just_now_is_to_be_asked_again(fault: str, slack: Beside) -> None:
    channel = direct(slack)
    channel.send(page(ALEX, "asked"))
    slack.ask(lambda made: made.core.faults.add(fault, method="conversations.history"))
    found, later = channel.find(page(ALEX, "asked")), channel.find(page(ALEX, "asked"))
    assert found is not None
    assert later is not None
    assert (found.kind, later.kind) == (Kind.AMBIGUOUS, Kind.YES)


@pytest.mark.parametrize("handicap", [without_metadata, no_history])
def test_a_slack_that_shows_too_little_tells_nothing(handicap: Callable[[Workspace], None]) -> None:
    with beside() as bare:
        direct(bare).send(page(ALEX))
        bare.ask(handicap)
        assert direct(bare).find(page(ALEX)) is None
