"""A report in Slack: its blocks, its thread, the whole one in its place, and an earlier try that is found again."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest

from bot.adapters.pages.slack_report import SlackReport
from bot.domain.delivery import Act, Kind, Outcome, Page
from bot.domain.reports.policy import Schedule
from bot.domain.reports.said import COMPLETED, PICTURE, REST, Said
from bot.views import charts
from tests.support import review_cards
from tests.support.builders import NOW
from tests.support.page_endpoints import page
from tests.support.rotas import NEW_YORK
from tests.support.slack_bench import ALERTS
from tests.support.slack_thread import Beside, beside

DAYS = [date(2026, 1, 9) + timedelta(days=at) for at in range(7)]
KEY = "digest:2026-01-15"
NOT_THERE = "no such message since the first try"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*RED*", "verbatim": True}}


@pytest.fixture(scope="module")
def slack() -> Iterator[Beside]:
    with beside() as made:
        yield made


def channel(slack: Beside, text: str = "*RED*") -> SlackReport:
    block = {**SECTION, "text": {**SECTION["text"], "text": text}}  # type: ignore[dict-item]
    drawn = charts.success(DAYS, {"phase <2>": [0.5] * 7}), charts.storm(review_cards.storm(), NEW_YORK)
    picture = json.dumps([asdict(each) for each in drawn])
    card = json.dumps([block])
    said = Said(key=KEY, schedule=Schedule.DAILY, made_at=NOW, whole=True, facts="{}", card=card, picture=picture)
    return SlackReport(slack.workspace.credentials.bot_token, slack.workspace.api_url, {KEY: said}.get)


def digest(name: str, key: str = KEY, target: str = ALERTS) -> Page:
    return replace(page(target, name), dedup_key=key, act=Act.NOTE, text="Digest: RED &amp; more")


def shared(slack: Beside, drawn: Page) -> Outcome:
    """Slack shares a file when it has answered: https://docs.slack.dev/reference/methods/files.completeUploadExternal"""
    until = time.monotonic() + 10
    while (found := channel(slack).find(drawn)) is None or found.kind is not Kind.YES:
        assert time.monotonic() < until
    return found


def test_it_is_posted_with_its_blocks_and_completed_in_its_place(slack: Beside) -> None:
    sent = channel(slack).send(digest("first"))
    assert sent.kind is Kind.YES
    where, _, ts = sent.ref.partition(":")
    [shown] = [each for each in slack.messages(where) if each["ts"] == ts]
    assert (shown["text"], shown["blocks"][0]["text"]["text"]) == ("Digest: RED &amp; more", "*RED*")
    whole = digest("whole", KEY + COMPLETED, sent.ref)
    assert channel(slack, "*GREEN*").find(whole) == Outcome(Kind.NO, "an edit may be made again")
    for _ in range(2):
        assert channel(slack, "*GREEN*").send(whole).kind is Kind.YES
    [edited] = [each for each in slack.messages(where) if each["ts"] == ts]
    assert edited["blocks"][0]["text"]["text"] == "*GREEN*"


def test_what_belongs_into_the_thread_is_there_and_found_again(slack: Beside) -> None:
    sent = channel(slack).send(digest("with a thread"))
    below = digest("below", KEY + REST, sent.ref)
    assert channel(slack).find(below) == Outcome(Kind.NO, "no such message since the first try")
    said = channel(slack).send(below)
    where, _, ts = said.ref.partition(":")
    [shown] = [each for each in slack.messages(where) if each["ts"] == ts]
    assert (shown["thread_ts"], "blocks" in shown) == (sent.ref.partition(":")[2], False)
    assert channel(slack).find(below) == said
    assert channel(slack).find(digest("with a thread")) == sent


def test_one_in_a_channel_that_is_given_by_its_name_is_found_again(slack: Beside) -> None:
    sent = channel(slack).send(digest("by name", target="#data-alerts"))
    assert sent.ref.startswith(f"{ALERTS}:")
    assert channel(slack).find(digest("by name", target="#data-alerts")) == sent
    assert channel(slack).find(digest("not sent", target="data-alerts")) == Outcome(Kind.NO, NOT_THERE)
    assert channel(slack).find(digest("by name", target="#nowhere")) is None
    slack.ask(lambda made: made.core.faults.add("error", method="conversations.list", error="missing_scope"))
    assert channel(slack).find(digest("by name", target="#data-alerts")) == sent, "without private channels"


def test_pictures_go_into_its_thread_with_their_words_and_are_found_again(slack: Beside) -> None:
    sent = channel(slack).send(digest("with a picture"))
    drawn = digest("drawn", KEY + PICTURE, sent.ref)
    assert channel(slack).find(drawn) == Outcome(Kind.NO, "no such file since the first try")
    assert channel(slack).send(drawn) == Outcome(Kind.YES, "ok", ref=sent.ref)
    found = shared(slack, drawn)
    where, _, ts = found.ref.partition(":")
    [shown] = [each for each in slack.messages(where) if each["ts"] == ts]
    assert shown["thread_ts"] == sent.ref.partition(":")[2]
    file, second = shown["files"]
    assert second["name"] == "digest-2026-01-15-picture-2.png"
    assert second["alt_txt"].startswith("INC-51. Before: 40 messages, one for each finding within ")
    assert (file["name"], file["mimetype"]) == ("digest-2026-01-15-picture.png", "image/png")
    assert file["alt_txt"].startswith("Success rate by day over 7 days. phase <2>: 50.0% lately")


def test_where_slack_takes_no_picture_its_words_are_said(slack: Beside) -> None:
    sent = channel(slack).send(digest("without a picture"))
    slack.workspace.core.faults.add("error", method="files.getUploadURLExternal", error="missing_scope")
    words = digest("words", KEY + PICTURE, sent.ref)
    said = channel(slack).send(words)
    where, _, ts = said.ref.partition(":")
    [shown] = [each for each in slack.messages(where) if each["ts"] == ts]
    assert (shown["text"], shown["thread_ts"]) == (words.text, sent.ref.partition(":")[2])
    assert channel(slack).find(words) == replace(said, ref=f"{where}:{ts}")


def test_one_that_is_not_kept_any_more_is_said_in_words(slack: Beside) -> None:
    sent = channel(slack).send(digest("gone", "digest:2025-01-01"))
    assert sent.kind is Kind.YES


def test_a_message_that_is_gone_is_a_no_that_stays(slack: Beside) -> None:
    refused = channel(slack).send(digest("edits nothing", KEY + COMPLETED, f"{ALERTS}:1.000001"))
    assert (refused.kind, refused.permanent, refused.reason) == (Kind.NO, True, "message_not_found")
