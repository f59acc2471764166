"""What an incident's message keeps when it has little room: the verdict, its time zone, and the next step."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.findings.finding import FindingKind
from bot.domain.incidents.standing import Overview
from bot.views import incident, incident_words, response
from bot.views.blocks import Card
from tests.support import incident_cards, notices
from tests.support.gate_story import START, finding

CARDS = incident_cards.incidents()


def words(card: Card) -> str:
    return str(card.blocks[0]["text"]["text"])


def test_the_end_of_a_sentence_which_says_what_is_wrong_is_not_cut() -> None:
    assert words(CARDS["incident_skipped"]).split("\n")[1].endswith("skipped itself as done, and the table has no rows")


@pytest.mark.parametrize("name", ["incident_skipped", "incident_missing", "incident_late", "incident_days"])
def test_every_time_of_a_message_is_the_readers(name: str) -> None:
    without_tokens = re.sub(r"<!date[^>]*>", "", words(CARDS[name]))
    assert not re.search(r"\d:\d\d", without_tokens)


STEPPED = [
    "",
    "_acknowledged",
    "_days",
    "_exhausted",
    "_far",
    "_late",
    "_mitigated",
    "_paged",
    "_paging",
    "_skipped",
    "_storm",
    "_storm_absent",
    "_storm_capped",
    "_storm_long",
    "_stuck",
]


@pytest.mark.parametrize("name", [f"incident{each}" for each in STEPPED])
def test_the_next_step_stays_where_the_feedback_goes(name: str) -> None:
    step = words(CARDS[name]).split("\n")[-1]
    assert re.fullmatch(r"\*[A-Z].*\*", step)


def test_a_long_storm_is_called_by_its_count_and_keeps_what_fails() -> None:
    assert words(CARDS["incident_storm_long"]).startswith("*🟠 P1 8 processors: all fail with TimeoutError: ")


def test_a_deadline_that_passed_has_its_day_and_slack_counts_on() -> None:
    said = words(CARDS["incident_stuck"])
    assert re.search(r"due <!date\^\d+\^{date_short_pretty} at {time}\|[^>]*>, passed <!date\^\d+\^{ago}\|", said), said
    assert "due 2026-03-03 05:25 UTC, passed 35 min ago" in CARDS["incident_stuck"].text


def test_somebody_whom_the_rota_does_not_know_is_named_by_slack() -> None:
    acknowledged = incident_cards.responded()["incident_acknowledged"]
    assert acknowledged.standing is not None
    response = replace(acknowledged.standing.response, owner="U02SAM")
    shown = incident.card(replace(acknowledged, standing=replace(acknowledged.standing, response=response)))
    assert "<@U02SAM> has it until" in str(shown.blocks)
    assert "<@U02SAM> has it until" in shown.text


def test_the_times_of_a_sentence_are_the_readers_wherever_it_is_said() -> None:
    headline = replace(notices.incident().headline, explanation="it was due by 06:30 UTC")
    overview = Overview(replace(notices.incident(), headline=headline), None, ())
    for shown in (response.card(overview, START), response.listing([overview], START)):
        assert "<!date^" in str(shown.blocks)
        assert "06:30 UTC" not in re.sub(r"<!date\^[^>]*>", "", str(shown.blocks))


def test_failed_runs_are_counted_from_the_first_of_them() -> None:
    headline = replace(notices.incident().headline, failures=1, error="KeyError: 'id'")
    first = headline.since + timedelta(hours=1)
    said = incident_words.trouble(replace(headline, failed_since=first), START, incident.PLAIN)
    assert said.startswith(f"1 failed run since {first:%H:%M} UTC")


def test_the_whole_fleet_is_no_processor_whose_data_could_be_asked() -> None:
    blind = finding("Raw01", FindingKind.SOURCE_BLIND, processors=("Raw01", "Raw02"))
    told = notices.notice()
    fleet = replace(told, incident=replace(told.incident, headline=blind, processors=blind.processors))
    assert (fleet.incident.root, blind.of_processor) == ("whole fleet", False)
    assert "SQL" not in str(incident.card(fleet).blocks)
    assert "SQL" in str(incident.card(told).blocks)
