"""Someone types /impact: the card, its picture and CSV in the thread, and what is told when it is not meant so."""

import csv

import pytest

from bot.services.app import AppServices
from tests.support.slack_bench import GENERAL, MONITOR, SAM, Bench, play

PNG = b"\x89PNG\r\n\x1a\n"


def test_in_a_channel(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask("/impact box 2026-01-15")
        assert message["text"].splitlines() == [
            "Impact of Box",
            "Its only dependent is not affected.",
            "",
            "It depends on (hops): BoxScraper (1).",
            "No new data since 2026-01-16 09:01 UTC: what has happened since then is not known. "
            "The history ends there: answered as of its end.",
            "Data date 2026-01-15, not stale, as of 2026-01-16 09:01 UTC.",
        ]
        assert [one["ts"] for one in bench.posts()] == [message["ts"]]

    play(scenario, transport, services)


def test_the_newest_date_unless_told_otherwise(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask("/impact Box")
        assert "Data date 2026-01-15," in message["text"]

    play(scenario, transport, services)


def test_a_scraper_by_its_source(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask("/impact BoxScraper 2026-01-15")
        assert "None of its 3 dependents is affected." in message["text"]
        assert "read by Box, Poller" in message["text"]

    play(scenario, transport, services)


def test_refresh_picture_and_csv(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/impact Box 2026-01-15")
        again = await bench.press(asked, "impact.refresh", user=SAM)
        assert (again["ts"], again["text"]) == (asked["ts"], asked["text"])
        drawn = await bench.press(asked, "impact.picture", sees="message")
        assert (drawn["thread_ts"], drawn["text"]) == (asked["ts"], "Impact of Box, data date 2026-01-15.")
        [picture] = drawn["files"]
        assert picture["name"] == "impact-2026-01-15.png"
        assert 20 < len(picture["alt_txt"]) <= 1_000
        assert (bench.workspace.core.files.content(picture["id"]) or b"").startswith(PNG)
        listed = await bench.press(asked, "impact.csv", sees="message")
        [table] = listed["files"]
        content = bench.workspace.core.files.content(table["id"]) or b""
        rows = list(csv.DictReader(content.decode().splitlines()))
        assert (table["name"], [row["processor"] for row in rows]) == ("impact-2026-01-15.csv", ["Box", "Summary"])

    play(scenario, transport, services)


def test_the_next_tap_validates_that_date_in_the_thread(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/impact Box 2026-01-15")
        verdict = await bench.press(asked, "validate.open", sees="message")
        assert verdict["thread_ts"] == asked["ts"]
        assert "Box, data date 2026-01-15" in verdict["text"]

    play(scenario, transport, services)


def test_where_the_app_is_no_member(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/impact Box", GENERAL, sees="ephemeral")
        assert bench.posts(GENERAL) == []
        listed = await bench.press(asked, "impact.csv", sees="message")
        assert listed["channel"] == await bench.direct()

    play(scenario, transport, services)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("help", "What I answer"),
        ("", "Which processor? Write `/impact Box`"),
        ("Bux", "There is no processor 'Bux'. Did you mean this?\nBox"),
        ("Box last week", "'last week' is more than one date. Write one, such as 2026-01-15."),
        ("Box 2026-02-30", "'2026-02-30' is not a date."),
        ("Box 2026-01-15 2026-01-16", "'2026-01-15' and '2026-01-16' are two dates. Give one."),
        ("Box please", "There is no processor 'Box please'."),
        ("x" * 600, "That is 600 characters long: 500 at most."),
        ("<!channel>", "There is no processor '&lt;!channel&gt;'."),
    ],
)
def test_help_and_mistakes(transport: str, services: AppServices, text: str, told: str) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask(f"/impact {text}".strip(), sees="ephemeral")
        assert message["text"].startswith(told)
        assert bench.posts() == bench.whispers(MONITOR, SAM) == []

    play(scenario, transport, services)
