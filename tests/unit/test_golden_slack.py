"""Whole messages and views as JSON; and what holds for each of them, whatever it says."""

import html
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from bot.views import blocks, slo, slo_words
from tests.support import golden_files, slack_cards, slo_cards
from tests.support.health_reports import NASTY

MESSAGES, MODALS, HOMES = slack_cards.messages(), slack_cards.modals(), slack_cards.homes()
TOKEN = re.compile(r"<([^<>]*)>")


@pytest.mark.parametrize("name", [*MESSAGES, *MODALS, *HOMES])
def test_as_recorded(name: str) -> None:
    golden_files.check(f"slack/{name}", {**MESSAGES, **MODALS, **HOMES}[name])


def test_no_recorded_file_is_left_over() -> None:
    recorded = {path.stem for path in (golden_files.GOLDEN / "slack").glob("*.json")}
    assert recorded == {*MESSAGES, *MODALS, *HOMES}


def texts(value: Any, kind: str) -> list[str]:
    """Every text object of a kind inside blocks."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item, kind)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if value.get("type") == kind and isinstance(value.get("text"), str) else []
    return own + [text for item in value.values() for text in texts(item, kind)]


@pytest.mark.parametrize("name", MESSAGES)
def test_text_says_what_the_blocks_say(name: str) -> None:
    message = MESSAGES[name]
    said = html.unescape(message["text"])
    shown = html.unescape("\n".join([*texts(message["blocks"], "mrkdwn"), *texts(message["blocks"], "plain_text")]))
    assert 0 < len(message["text"].encode()) <= blocks.MESSAGE_TEXT_BYTES
    assert set(re.findall(r"\d+\.\d%|\bRED\b|\bYELLOW\b|P\d\d|Nbac\w+", shown)) <= set(
        re.findall(r"\d+\.\d%|\bRED\b|\bYELLOW\b|P\d\d|Nbac\w+", said)
    )


@pytest.mark.parametrize("name", [*MESSAGES, *HOMES])
def test_no_markup_but_our_own_dates_and_links(name: str) -> None:
    made = {**MESSAGES, **HOMES}[name]
    tokens = [token for text in texts(made["blocks"], "mrkdwn") for token in TOKEN.findall(text)]
    ours = re.compile(
        rf"!date\^.* UTC|@U01ALEX|{re.escape(slack_cards.WORKSPACE)}archives/C03/p17125\|(INC-42( P0 [\w :,]+)?|R-14)"
    )
    assert all(ours.fullmatch(token) for token in tokens), tokens
    assert TOKEN.findall(made.get("text", "")) == []


@pytest.mark.parametrize("name", [*MESSAGES, *HOMES])
def test_addresses_in_data_are_no_links(name: str) -> None:
    def verbatim(value: Any) -> bool:
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        own = not isinstance(value, dict) or value.get("type") != "mrkdwn" or value.get("verbatim") is True
        return own and all(verbatim(item) for item in items)

    assert verbatim({**MESSAGES, **HOMES}[name]["blocks"])


@pytest.mark.parametrize("name", [*MESSAGES, *MODALS, *HOMES])
def test_nothing_invisible(name: str) -> None:
    shown = str({**MESSAGES, **MODALS, **HOMES}[name])
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2060-\u2069]", shown)


def test_nasty_names_are_shown_as_they_are() -> None:
    said = html.unescape(MESSAGES["phase_nasty"]["text"])
    assert all(name in said for name in NASTY[:4])


def test_200_dependents_fit_and_are_counted() -> None:
    message = MESSAGES["impact_of_200"]
    assert len(message["blocks"]) <= 10
    assert "188 more, none worse; the CSV has all" in message["text"]


def test_80_objectives_fit_with_those_that_have_the_least_left() -> None:
    report = slo_cards.report()
    burning, kept = report.phases[:2]
    many = replace(report, phases=(*(replace(kept, phase=number) for number in range(10, 90)), burning))
    shown = slo.card(many).payload()["blocks"]
    assert "63 more: " in json.dumps(shown)
    assert f"*{slo_words.name(burning)}*" in json.dumps(shown)
    assert shown[-1]["type"] == "actions"


def test_values_of_buttons_carry_ids_only() -> None:
    made = [MESSAGES["overview_red"], MESSAGES["phase"], MESSAGES["processor_failing"]]
    values = {
        element.get("value") or ""
        for message in made
        for block in message["blocks"]
        for element in block.get("elements", [])
        if element["type"] == "button"
    }
    assert values == {"7:all", "30:all", "30:phase:2", "30:processor:NbacGamebookProcessor"}
