"""Trend charts: real PNGs of the right size, in both themes, with words for those who cannot see them."""

import struct
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from bot.domain.health.model import Durations, HealthRequest
from bot.domain.health.trends import DayDurations, Trends
from bot.views import charts
from bot.views.charts import Chart

DAYS = tuple(date(2026, 1, 14) + timedelta(days=n) for n in range(7))
HEAT = [[float(day * hour % 17) for hour in range(24)] for day in range(7)]
PIPELINE = Trends(
    request=HealthRequest(),
    subject="the pipeline",
    days=DAYS,
    success={
        "phase 1": [1.0, 0.99, 0.98, 1.0, 1.0, None, 1.0],
        "phase 2": [0.95, 0.2, 0.0, 0.5, 0.7, 0.9, 0.96],
        "phase 3": [None] * 7,
    },
    heat=HEAT,
    durations=(),
    baseline=None,
    zone="America/New_York",
)
MONTH = [date(2025, 12, 22) + timedelta(days=n) for n in range(30)]
PROCESSOR = replace(
    PIPELINE,
    request=HealthRequest(processor="Box"),
    subject="Box",
    success={"Box": PIPELINE.success["phase 2"]},
    durations=[
        DayDurations(day, Durations("Box", 2, 40 + n, 90 + 3 * n % 40, 200)) for n, day in enumerate(MONTH) if n % 9
    ],
    baseline=Durations("Box", 2, 45, 100, 150),
)
QUIET = replace(PIPELINE, heat=[[0.0] * 24] * 7, success={"phase 1": [None] * 7})
CASES = {"pipeline": PIPELINE, "processor": PROCESSOR, "quiet": QUIET}


@cache
def drawn(name: str) -> list[Chart]:
    return charts.draw(CASES[name])


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("name", CASES)
def test_charts_are_pictures_with_words(name: str) -> None:
    made = drawn(name)
    assert [chart.filename for chart in made][:2] == ["success.png", "failures-by-hour.png"]
    assert len(made) == (3 if CASES[name].durations else 2)
    for chart in made:
        width, height = size(chart.png)
        assert (width, 300 < height < 1_000) == (1_200, True)
        assert len(chart.png) < 200_000
        assert 0 < len(chart.alt_text) <= 1_000
        assert chart.title


def test_words_say_what_the_picture_shows() -> None:
    success, heat, durations = drawn("processor")
    assert success.alt_text == "Success rate by day over 7 days. Box: 96.0% lately, lowest 0.0%."
    assert heat.alt_text.startswith("Failed runs of Box by hour of the week (America/New_York), whatever their cause.")
    assert "Most on Sunday from 14:00, 16 in an average week." in heat.alt_text
    assert durations.alt_text == "Duration of Box by day. Latest p50 69.0s, p95 97.0s. Usual p95 100.0s."


def test_words_when_there_is_nothing() -> None:
    success, heat = drawn("quiet")
    assert "phase 1: no runs" in success.alt_text
    assert heat.alt_text.endswith("None.")


def test_many_phases_are_reported_within_slacks_limit() -> None:
    many = replace(PIPELINE, success={f"phase {n}": [0.5] * 7 for n in range(60)})
    success, _ = charts.draw(many)
    assert len(success.alt_text) <= 1_000
    assert size(success.png)[0] == 1_200


@pytest.mark.parametrize("name", ["<!channel> & a$\\frac{$", "x" * 120])
def test_any_name_can_be_drawn(name: str) -> None:
    assert len(charts.draw(replace(PROCESSOR, subject=name, success={name: [0.5] * 7}))) == 3
    assert "<!" not in charts.comment(replace(PROCESSOR, subject=name))


def test_what_goes_with_a_file_hides_nothing() -> None:
    sent = charts.Chart("a.png", "B\u202eox", "A\u200b\u00ad chart", b"").upload()
    assert (sent["title"], sent["alt_txt"]) == ("Box", "A chart")
