"""Acknowledging without Slack: a digit on the phone, the pager's own word, a link; and what none of them takes."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from bot.acknowledging import callbacks_of
from bot.cli.context import settings_of
from bot.config.settings import Settings
from bot.domain.errors import BadInput
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy, Ladder, Step
from bot.domain.incidents.response import Response, ResponseState
from bot.domain.incidents.timeline import Entry, EntryKind
from bot.ports.fakes.state import FakeState
from bot.services.acknowledge_links import AcknowledgeLinks
from bot.services.app import AppServices
from bot.slack.serving import serve
from bot.views.page_words import wording
from tests.support.callbacks import LINKS, SECRET, Asked, digits, routes, sent, signed, webhook
from tests.support.gate_story import START, finding
from tests.support.pager import FakePager, PagedStory, person
from tests.support.slack_bench import SOON_S

TWILIO = 'twilio: {account: AC1, token: "${T}", from: "+15550100"}'
P0 = finding("Gamebook", severity="P0")


@pytest.fixture
def story() -> PagedStory:
    """A P0 has paged Chris, who is on call, by each of the first three ways."""
    made = PagedStory(START, FakePager("slack"), FakePager("voice", "twilio"), FakePager("pagerduty"))
    made.held.append(P0)
    made.look()
    return made


def taken(story: PagedStory) -> Response:
    found = story.state.response(story.incident.id)
    assert found is not None
    return found


def page_id(story: PagedStory, channel: str = "voice") -> str:
    return next(each.page.id for each in story.state.pages_of(taken(story).dedup_key) if each.page.channel == channel)


def paged_by_pagerduty(story: PagedStory) -> str:
    """The key that PagerDuty knows the page by."""
    [voice] = [each for each in story.state.pages_of(taken(story).dedup_key) if each.page.channel == "voice"]
    key = voice.page.dedup_key
    page = replace(voice.page, id="pd", channel="pagerduty")
    story.state.page_by_id["pd"] = replace(voice, page=page, ref=key)  # type: ignore[attr-defined]
    return key


def link(story: PagedStory, links: AcknowledgeLinks = LINKS) -> str:
    """The path of the link in a mail."""
    queued = story.state.page(page_id(story))
    assert queued is not None
    return links.of(replace(queued.page, channel="mail")).removeprefix("https://fireline.example.com")


def lines(story: PagedStory) -> list[str]:
    kinds = (EntryKind.ACKNOWLEDGED,)
    return [each.text for each in story.state.timeline(story.incident.id) if each.kind in kinds]


def test_one_pressed_in_the_call_stops_the_pages(story: PagedStory) -> None:
    [answer] = sent(story, digits(page_id(story)))
    assert answer == (
        200,
        '<?xml version="1.0" encoding="UTF-8"?><Response><Say>INC-1 is acknowledged. Goodbye.</Say></Response>',
    )
    assert (taken(story).state, taken(story).owner) == (ResponseState.ACKNOWLEDGED, "Chris")
    assert lines(story) == ["Chris has it, by phone"]
    story.paged()
    story.fast_forward(20)
    assert [each for each in story.paged() if each[0] != "Chris"] == []


def test_placed_is_not_reached(story: PagedStory) -> None:
    [other, silent] = sent(story, digits(page_id(story), "2"), digits(page_id(story), ""))
    assert "Not acknowledged" in other[1]
    assert "Not acknowledged" in silent[1]
    assert taken(story).state is ResponseState.OPEN


def test_the_same_digit_again_is_once(story: PagedStory) -> None:
    asked = digits(page_id(story))
    first, again = sent(story, asked, asked)
    [restarted] = sent(story, asked)
    assert [each[0] for each in (first, again, restarted)] == [200, 200, 200]
    assert len(lines(story)) == 1


def test_a_digit_of_an_older_call_has_no_effect(story: PagedStory) -> None:
    old = page_id(story)
    story.stand_still(61)
    [answer] = sent(story, digits(old))
    assert "too old" in answer[1]
    assert taken(story).state is not ResponseState.ACKNOWLEDGED


def test_the_pagers_own_acknowledgement_comes_back(story: PagedStory) -> None:
    key = paged_by_pagerduty(story)
    [answer] = sent(story, webhook(story, key))
    assert answer == (200, '{"said": "INC-1 is acknowledged"}')
    assert (taken(story).state, taken(story).owner) == (ResponseState.ACKNOWLEDGED, "Earline Greenholt")
    assert lines(story) == ["Earline Greenholt has it, in PagerDuty"]


def test_whom_the_schedule_knows_is_called_as_there(story: PagedStory) -> None:
    agent = {"type": "user_reference", "summary": "BEN"}
    sent(story, webhook(story, paged_by_pagerduty(story), agent=agent))
    assert taken(story).owner == "Ben"


def test_a_secret_that_is_being_changed_signs_twice(story: PagedStory) -> None:
    [answer] = sent(story, webhook(story, paged_by_pagerduty(story), "the next one", "hush"))
    assert answer[0] == 200
    assert taken(story).state is ResponseState.ACKNOWLEDGED


@pytest.mark.parametrize(
    "changes",
    [
        {"event_type": "incident.resolved"},
        {"event_type": "pagey.ping"},
        {"data": {"incident_key": "another's"}},
        {"data": {"incident_key": None}},
        {"data": None, "agent": None},
        {"agent": {"type": "inbound_integration_reference", "summary": "Events API v2"}},
    ],
    ids=["another event", "a test", "an unknown key", "no key", "nothing", "our own word"],
)
def test_other_events_are_taken_and_do_nothing(story: PagedStory, changes: dict[str, object]) -> None:
    """A refusal would make PagerDuty send it again, and stop sending in the end."""
    key = paged_by_pagerduty(story)
    [answer] = sent(story, webhook(story, key, **changes))
    assert answer[0] == 200
    assert taken(story).state is ResponseState.OPEN


def test_an_acknowledgement_of_something_smaller_does_not_hold(story: PagedStory) -> None:
    key = paged_by_pagerduty(story)
    late = webhook(story, key)
    story.fast_forward(2)
    response = taken(story)
    with story.state.transaction() as tx:
        tx.responses.note([Entry(response.incident, story.now, EntryKind.WORSE, "P1 became P0")])
    [answer] = sent(story, late)
    assert "become worse" in answer[1]
    assert taken(story).state is ResponseState.OPEN


def test_the_same_event_again_is_once(story: PagedStory) -> None:
    asked = webhook(story, paged_by_pagerduty(story))
    first, again = sent(story, asked, asked, between=lambda: story.stand_still(5))
    assert "already handled" in again[1]
    assert (first[0], len(lines(story))) == (200, 1)


def test_opening_a_link_changes_nothing_and_its_button_takes_it(story: PagedStory) -> None:
    path = link(story)
    shown, seen, done, again = sent(
        story, Asked("GET", path), Asked("HEAD", path), Asked("POST", path), Asked("POST", path)
    )
    assert shown[0] == seen[0] == done[0] == again[0] == 200
    assert "Acknowledge INC-1 as Chris" in shown[1]
    assert "Chris has it until" not in shown[1]
    assert "Chris has it until" in done[1]
    assert (taken(story).owner, lines(story)) == ("Chris", ["Chris has it, by a link"])


def test_a_link_is_good_for_a_day_and_one_episode(story: PagedStory) -> None:
    path = link(story)
    story.now += timedelta(hours=25)
    [late] = sent(story, Asked("POST", path))
    assert late[0] == 403
    assert "was good until" in late[1]
    story.now = START
    with story.state.transaction() as tx:
        assert tx.responses.put(replace(taken(story), episode=2))
    [before] = sent(story, Asked("POST", path))
    assert before[0] == 409
    assert taken(story).state is ResponseState.OPEN


def test_what_a_page_says_is_text_and_nothing_else() -> None:
    made = PagedStory(START, FakePager("slack"), FakePager("voice", "twilio"))
    made.held.append(replace(P0, explanation="<script>alert(1)</script>"))
    made.look()
    [shown] = sent(made, Asked("GET", link(made)))
    assert "&lt;script&gt;" in shown[1]
    assert "<script>" not in shown[1]


FORGED = [
    Asked("POST", "/ack/" + "A" * 60),
    Asked("GET", "/ack/x"),
    Asked("POST", "/ack/%ff%00"),
    Asked("POST", "/ack/" + "A" * 5_000),
]


@pytest.mark.parametrize("asked", FORGED)
def test_a_link_that_we_have_not_made(story: PagedStory, asked: Asked) -> None:
    assert sent(story, asked)[0][0] == 403


def test_a_link_that_was_cut_off(story: PagedStory) -> None:
    path = link(story)
    cut = [Asked("GET", path[:end]) for end in range(len("/ack/") + 1, len(path))]
    assert {each[0] for each in sent(story, *cut)} == {403}


def test_a_link_of_another_secret(story: PagedStory) -> None:
    path = link(story, AcknowledgeLinks("https://fireline.example.com", SECRET[::-1] + "t"))
    other = path[:-4] + ("AAAA" if path[-4:] != "AAAA" else "BBBB")
    assert [each[0] for each in sent(story, Asked("POST", path), Asked("POST", other))] == [403, 403]


def test_what_nobody_signed_is_refused(story: PagedStory) -> None:
    key, page = paged_by_pagerduty(story), page_id(story)
    good, call = webhook(story, key), digits(page)
    [(header, signature), kind] = good.headers
    forged = [
        replace(good, headers=[kind]),
        replace(good, headers=[(header, ""), kind]),
        replace(good, headers=[(header, "v1=" + "é" * 64), kind]),
        replace(good, headers=[(header, "v0=" + signature[3:]), kind]),
        replace(good, headers=[(header, signature), (header, signature), kind]),
        replace(good, headers=[(header, "v1=" + "0" * 64), kind]),
        replace(good, body=good.body + b" "),
        webhook(story, key, "another"),
        webhook(story, key, occurred_at=(story.now - timedelta(hours=2)).isoformat()),
        webhook(story, key, occurred_at=(story.now + timedelta(hours=2)).isoformat()),
        digits(page, token="another"),
        replace(call, path=call.path + "x"),
        replace(call, body=call.body + b"&a=b"),
        replace(call, body=call.body + b"\xff"),
        replace(call, headers=[]),
        replace(call, headers=[("X-Twilio-Signature", "é" * 28)]),
        digits(page, AccountSid="AC2"),
    ]
    assert [each[0] for each in sent(story, *forged)] == [401] * len(forged)
    assert taken(story).state is ResponseState.OPEN


BROKEN = [b"", b"{", b"[]", b"null", b"5", b'"x"', b"\xff", b"[" * 100_000, b'{"event":' * 20_000, b'{"event":null}',
          b'{"event":{"id":5,"event_type":"x","occurred_at":"2026-03-03T06:00:00+00:00"}}',
          b'{"event":{"id":"a","event_type":"x","occurred_at":"yesterday"}}',
          b'{"event":{"id":"a","event_type":"x","occurred_at":"2026-03-03T06:00:00"}}',
          b'{"event":{"id":"\\ud800","event_type":"x","occurred_at":"2026-03-03T06:00:00+00:00"}}',
          b'{"event":{"id":"a\\u0000","event_type":"x","occurred_at":"2026-03-03T06:00:00+00:00"}}',
          b'{"event":{"id":"a","event_type":"x","occurred_at":"0001-01-01T00:00:00+23:00"}}',
          b'{"n":' + b"9" * 5_000 + b"}"]  # fmt: skip


def test_signed_nonsense_is_no_fault_of_ours(story: PagedStory) -> None:
    assert [each[0] for each in sent(story, *(signed(body, "hush") for body in BROKEN))] == [400] * len(BROKEN)
    assert sent(story, signed(b"x" * 300_000, "hush"))[0][0] == 413
    assert [each[0] for each in sent(story, digits("\x00"), digits(""), digits("x" * 300))] == [200] * 3


def test_it_works_while_slack_is_gone(
    story: PagedStory, services: AppServices, caplog: pytest.LogCaptureFixture
) -> None:
    """In Socket Mode, with a workspace that nobody reaches."""
    caplog.set_level("INFO", "fireline.serving")
    tokens = {"slack_bot_token": SecretStr("xoxb-1"), "slack_app_token": SecretStr("xapp-1")}
    gone = Settings(slack_api_url="http://127.0.0.1:9/api/", host="127.0.0.1", port=0, **tokens)  # type: ignore[arg-type]

    async def whole() -> None:
        serving = asyncio.create_task(serve(gone, services, callbacks=routes(story)))
        async with asyncio.timeout(SOON_S), ClientSession() as session:
            while not (found := re.search(r"serving /healthz and /metrics on \S+ port (\d+)", caplog.text)):
                await asyncio.sleep(0.01)
            async with session.post(f"http://127.0.0.1:{found[1]}{link(story)}") as answer:
                assert answer.status == 200
            async with session.get(f"http://127.0.0.1:{found[1]}/healthz") as answer:
                assert answer.status == 200
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(whole())
    assert taken(story).state is ResponseState.ACKNOWLEDGED


def test_only_what_is_configured_is_open(
    services: AppServices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing at all without a public address."""
    secrets = {"link_secret": SecretStr(SECRET), "pagerduty_webhook_secret": SecretStr("hush")}
    (tmp_path / "channels.yaml").write_text(TWILIO)
    all_of_it = Settings(config=tmp_path, public_url="https://fireline.example.com", **secrets)  # type: ignore[arg-type]

    def paths(settings: Settings) -> list[str]:
        return [each.path for each in callbacks_of(settings, services, FakeState())]

    assert paths(all_of_it.model_copy(update={"public_url": ""})) == []
    assert paths(all_of_it) == ["/ack/{token}", "/ack/{token}", "/pagerduty/webhook"]
    monkeypatch.setenv("T", "hush")
    assert paths(all_of_it)[-1] == "/twilio/digits"
    assert paths(all_of_it.model_copy(update=dict.fromkeys(secrets, SecretStr("")))) == ["/twilio/digits"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIRELINE_PUBLIC_URL", "http://fireline.example.com"),
        ("FIRELINE_PUBLIC_URL", "https://u@fireline.example.com"),
        ("FIRELINE_PUBLIC_URL", "https://x.example?a=1"),
        ("FIRELINE_PUBLIC_URL", f"https://{'x' * 100}.example"),
        ("FIRELINE_LINK_SECRET", "hush"),
    ],
)
def test_a_setting_that_makes_no_sense(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput) as refused:
        settings_of(None)
    assert str(refused.value).startswith(name)
    assert "hush" not in str(refused.value)


def test_a_mail_carries_the_link_and_a_call_does_not(story: PagedStory) -> None:
    queued = story.state.page(page_id(story))
    assert queued is not None
    for channel, carries in (("mail", True), ("sms", True), ("pagerduty", True), ("voice", False), ("slack", False)):
        page = replace(queued.page, channel=channel)
        _, text = wording(story.incident, taken(story), replace(queued, page=page), (), None, LINKS.of(page))
        assert ("https://fireline.example.com/ack/" in text) is carries
        assert len(text.splitlines()[-1]) < 220, "a text message keeps its last line whole up to that"


def test_where_nobody_is_paged_the_end_of_an_acknowledgement_does_not_say_so() -> None:
    tickets = EscalationPolicy({Severity.P0: Ladder((Step(timedelta(), (), ("jira",)),))})
    for policy, said in ((EscalationPolicy(), "paging begins again"), (tickets, "its steps begin again")):
        story = PagedStory(START, policy=policy)
        story.held = [finding("Gamebook", severity="P0", impact=("Summary",))]
        story.look()
        story.responses.take_over(story.incident, person("Zoe"), story.now)
        story.fast_forward(65)
        entries = [entry for entry in story.state.timeline(story.incident.id) if entry.kind is EntryKind.EXPIRED]
        assert f"has expired; {said}" in entries[0].text


def test_a_digit_and_the_pager_take_it_from_nobody_who_has_it_since(story: PagedStory) -> None:
    """The call rings on while Zoe takes it: whoever presses 1 then was told of nobody."""
    story.responses.take_over(story.incident, person("Zoe"), story.now)
    [digit, pager] = sent(story, digits(page_id(story)), webhook(story, paged_by_pagerduty(story)))
    for _, text in (digit, pager):
        assert "Zoe has INC-1 already. Take it over in Slack, if you mean to." in text
    assert (taken(story).owner, len(lines(story))) == ("Zoe", 1)


def test_a_link_takes_it_from_whom_its_page_has_named(story: PagedStory) -> None:
    path, form = link(story), re.compile(r'action="(\?about=\w+)"')
    [(_, shown)] = sent(story, Asked("GET", path))
    of_nobody = form.findall(shown)[0]
    story.responses.take_over(story.incident, person("Zoe"), story.now)
    [(status, asked)] = sent(story, Asked("POST", path + of_nobody))
    assert (status, taken(story).owner) == (200, "Zoe")
    assert "Zoe has it until" in asked
    [of_zoe] = form.findall(asked)
    [done] = sent(story, Asked("POST", path + of_zoe))
    assert "Chris has it until" in done[1]
    assert (taken(story).owner, form.findall(done[1])) == ("Chris", [])
