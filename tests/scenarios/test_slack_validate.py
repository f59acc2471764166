"""Someone types /validate: the card, refreshed in place, and what is told when it is not meant so."""

import pytest

from bot.services.app import AppServices
from tests.support.slack_bench import MONITOR, SAM, Bench, play


def test_one_processor_and_date(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask("/validate box 2026-01-15")
        lines = message["text"].splitlines()
        assert lines[0] == "🟢 No finding: 1 date checked."
        assert lines[1] == "Box, data date 2026-01-15, as of 2026-01-16 09:01 UTC."
        assert lines[3].startswith("Box 2026-01-15: ok, nothing to do: 100 rows (100 rows · raw file 01-16 04:00 UTC")
        assert [one["ts"] for one in bench.posts()] == [message["ts"]]

    play(scenario, transport, services)


def test_dates_of_all_processors_and_refresh(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/validate 2026-01-15..2026-01-16")
        assert asked["text"].startswith(
            "🟡 4 of 14 dates checked need a look.\nAll processors, data dates 2026-01-15 to"
        )
        assert "No new data since 2026-01-16 09:01 UTC" in asked["text"]
        assert "missing run" not in asked["text"], "what came after is unknown"
        again = await bench.press(asked, "validate.refresh", user=SAM)
        assert (again["ts"], again["text"]) == (asked["ts"], asked["text"])

    play(scenario, transport, services)


def test_the_last_two_dates_unless_told_otherwise(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask("/validate")
        assert "All processors, data dates 2026-01-14 to 2026-01-15" in message["text"]

    play(scenario, transport, services)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("help", "What I answer"),
        ("Bux", "There is no processor 'Bux'. Did you mean this?\nBox"),
        ("Box 2026-02-30", "'2026-02-30' is not a date. Write 2026-01-15, 15 Jan"),
        ("Box 2026-01-15..soon", "'2026-01-15..soon' is not a date."),
        ("2026-01-16..2026-01-15", "2026-01-16 comes after 2026-01-15. Write the earlier date first."),
        ("2025-01-01..2026-01-15", "2025-01-01..2026-01-15 are 380 dates; ask for at most 92."),
        ("Box Summary", "There is no processor 'Box Summary'. Did you mean this?"),
        ("Box 2026-01-15 2026-01-16", "'2026-01-15' and '2026-01-16' are two dates. Give one."),
        ("<!channel>", "There is no processor '&lt;!channel&gt;'."),
    ],
)
def test_help_and_mistakes(transport: str, services: AppServices, text: str, told: str) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask(f"/validate {text}", sees="ephemeral")
        assert message["text"].startswith(told)
        assert bench.posts() == bench.whispers(MONITOR, SAM) == []

    play(scenario, transport, services)
