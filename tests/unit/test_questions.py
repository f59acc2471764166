"""What people ask in words: dates, windows and names in any order, for commands and mentions alike."""

from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import DateReader
from bot.domain.errors import BadInput
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.platform.registry import Registry
from bot.domain.verdicts.validation import ValidationRequest
from handlers.questions import Choose, Questions, Request

NAMES = ("NbacGamebookProcessor", "BoxScraper", "Box-Scores", "Ünïcode Nåme", "phases", "daily.sales_v2")
REGISTRY = Registry.model_validate({"processors": [{"name": name, "phase": 2} for name in NAMES]})
QUESTIONS = Questions(REGISTRY, lambda: DateReader(datetime(2026, 12, 1, 12, tzinfo=UTC), ZoneInfo("UTC")))
GAMEBOOK = NAMES[0]
TODAY, YESTERDAY = date(2026, 12, 1), date(2026, 11, 30)
WORDS = ("phase", "2", "7", "days", "box", "gamebook", "yesterday", "..", "2026-11-30", "health", "validate", "of", "?")


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("", HealthRequest()),
        ("   \t ", HealthRequest()),
        ("30D", HealthRequest(days=30)),
        ("7 days", HealthRequest()),
        ("last week", HealthRequest()),
        ("2w", HealthRequest(days=14)),
        ("24h", HealthRequest(days=1)),
        ("today", HealthRequest(days=1)),
        ("yesterday", HealthRequest(days=1, as_of=datetime(2026, 12, 1, tzinfo=UTC))),
        ("2026-11-01..2026-11-07", HealthRequest(days=7, as_of=datetime(2026, 11, 8, tzinfo=UTC))),
        ("since yesterday", HealthRequest(days=2)),
        ("since 28 Nov", HealthRequest(days=4)),
        ("PHASE 02", HealthRequest(phase=2)),
        ("phase2 30d", HealthRequest(phase=2, days=30)),
        ("2 weeks phase-2", HealthRequest(phase=2, days=14)),
        ("gamebook", HealthRequest(processor=GAMEBOOK)),
        ("30d gamebook", HealthRequest(processor=GAMEBOOK, days=30)),
        ("gamebook last 2 days", HealthRequest(processor=GAMEBOOK, days=2)),
        ("box scores", HealthRequest(processor="Box-Scores")),
        ("BOX_SCORES", HealthRequest(processor="Box-Scores")),
        ("u\u0308ni\u0308code na\u030ame", HealthRequest(processor="Ünïcode Nåme")),
        ("phases", HealthRequest(processor="phases")),
        ("daily sales v2", HealthRequest(processor="daily.sales_v2")),
        ("9999d", HealthRequest(days=9999)),
    ],
)
def test_health(text: str, request_: HealthRequest) -> None:
    assert QUESTIONS.health(text) == request_


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7d 30d", "'7d' and '30d' are two windows. Give one."),
        ("phase", "Which phase? Write `/health phase 2`."),
        ("phase x", "'x' is not a phase. Write `/health phase 2`."),
        ("phase 1 2", "'1 2' is not a phase."),
        ("phase 12345", "'12345' is not a phase."),
        ("tomorrow", "'tomorrow' lies ahead. Write 7, 7d, 2w, yesterday or since 2026-12-01."),
        ("zzz", "There is no processor 'zzz'. Write a part of its name, as `Box-Scores`."),
    ],
)
def test_what_health_does_not_understand(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        QUESTIONS.health(text)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("gamebook", ImpactRequest(GAMEBOOK)),
        ("gamebook yesterday", ImpactRequest(GAMEBOOK, YESTERDAY)),
        ("30 Nov gamebook", ImpactRequest(GAMEBOOK, YESTERDAY)),
        ("box scores 2026-11-30", ImpactRequest("Box-Scores", YESTERDAY)),
    ],
)
def test_impact(text: str, request_: ImpactRequest) -> None:
    assert QUESTIONS.impact(text) == request_


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("", ValidationRequest()),
        ("gamebook", ValidationRequest(processor=GAMEBOOK)),
        ("gamebook yesterday", ValidationRequest(processor=GAMEBOOK, first=YESTERDAY, last=YESTERDAY)),
        ("last week gamebook", ValidationRequest(processor=GAMEBOOK, newest=7)),
        ("2026-11-28 .. 2026-11-30", ValidationRequest(first=date(2026, 11, 28), last=YESTERDAY)),
        (
            "box scores from 28 Nov to yesterday",
            ValidationRequest(processor="Box-Scores", first=date(2026, 11, 28), last=YESTERDAY),
        ),
        ("2d", ValidationRequest(newest=2)),
    ],
)
def test_validation(text: str, request_: ValidationRequest) -> None:
    assert QUESTIONS.validation(text) == request_


@pytest.mark.parametrize(
    "text", ["gamebook 2026-02-30", "2026-11-30 2026-11-29", "..2026-11-30", "20260115-x", "box other"]
)
def test_what_validate_does_not_understand(text: str) -> None:
    with pytest.raises(BadInput):
        QUESTIONS.validation(text)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("<@U0> health phase 2", HealthRequest(phase=2)),
        ("<@U0>: Health!", HealthRequest()),
        ("<@U0> how is the health of phase 2 please?", HealthRequest(phase=2)),
        ("(status)", HealthRequest()),
        ("<@U0> impact gamebook", ImpactRequest(GAMEBOOK)),
        ("what is the impact of gamebook yesterday?", ImpactRequest(GAMEBOOK, YESTERDAY)),
        ("Validate `gamebook` yesterday.", ValidationRequest(processor=GAMEBOOK, first=YESTERDAY, last=YESTERDAY)),
        ("/health 2w", HealthRequest(days=14)),
        ("help", None),
        ("<@U0>", None),
        ("hello", None),
        ("?", None),
    ],
)
def test_mentions_ask_as_commands_do(text: str, request_: Request | None) -> None:
    assert QUESTIONS.mention(text) == request_


def test_unknown_words_name_the_nearest_command() -> None:
    with pytest.raises(BadInput, match="I do not know 'helth phase'"):
        QUESTIONS.mention("<@U0> helth phase")


def test_a_name_alone_offers_what_can_be_asked_about_it() -> None:
    with pytest.raises(Choose) as offered:
        QUESTIONS.mention("<@U0> gamebook?")
    asked = (HealthRequest(processor=GAMEBOOK), ImpactRequest(GAMEBOOK), ValidationRequest(processor=GAMEBOOK))
    assert (str(offered.value), offered.value.requests) == (f"What about {GAMEBOOK}?", asked)


def test_several_names_and_near_ones_are_offered() -> None:
    with pytest.raises(Choose) as several:
        QUESTIONS.impact("box yesterday")
    assert several.value.requests == (ImpactRequest("Box-Scores", YESTERDAY), ImpactRequest("BoxScraper", YESTERDAY))
    with pytest.raises(Choose) as near:
        QUESTIONS.health("BoxScrapper 2w")
    assert near.value.requests[0] == HealthRequest(days=14, processor="BoxScraper")


@given(st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_any_text_is_a_request_or_bad_input(text: str) -> None:
    for read in (QUESTIONS.health, QUESTIONS.impact, QUESTIONS.validation, QUESTIONS.mention):
        with suppress(BadInput):
            request = read(text)
            assert getattr(request, "processor", None) in (None, *NAMES)


@given(st.sampled_from(NAMES))
def test_every_name_finds_its_own_processor(name: str) -> None:
    assert QUESTIONS.impact(name) == ImpactRequest(name)


def test_a_name_that_ran_and_is_not_registered_can_be_asked_for() -> None:
    asked = Questions(REGISTRY, QUESTIONS.dates, lambda: ["NbacNewcomer", *NAMES])
    assert asked.impact("newcomer") == ImpactRequest("NbacNewcomer", None)
    assert asked.validation("newcomer") == ValidationRequest(processor="NbacNewcomer")
    assert asked.health("nbac-newcomer 2w") == HealthRequest(days=14, processor="NbacNewcomer")
    assert asked.health("nbac") == HealthRequest(processor=GAMEBOOK), "those that are registered come first"
