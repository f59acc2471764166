"""Charts: real PNGs of the right size, words inside and apart from each other, words for those who cannot see them."""

import struct
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from bot.domain.findings.severity import Severity
from bot.domain.health.model import Durations, HealthRequest, Noise
from bot.domain.health.trends import DayDurations, Trends
from bot.domain.health.usual import WeekdayUsual
from bot.domain.reports.objectives import Counts
from bot.domain.reports.replay import Message, ReplayReport
from bot.views import chart_budgets, chart_figures, chart_lines, charts, replay_chart, svg
from bot.views.chart_style import BAND
from bot.views.charts import Chart
from tests.support import notices, review_cards, slo_cards
from tests.support.svg_boxes import XMLNS, check, said

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
MOMENT = datetime(2026, 1, 20, 12, tzinfo=UTC)
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
    assert durations.alt_text == "Duration of Box by day. Latest p50 69.0s, p95 97.0s. Usual 45.0s to 100.0s."


def test_words_when_there_is_nothing() -> None:
    success, heat = drawn("quiet")
    assert "phase 1: no runs" in success.alt_text
    assert heat.alt_text.endswith("None.")


LONG = "nbac_player_boxscores_" * 9
WORDS = ("phase 1", LONG, "日本語データ取込" * 5, "<!channel> & a$\\frac{$", "W" * 200, "\ud800\u202e")
RATES: tuple[float | None, ...] = (1.0, 0.9999, 0.0001, None, 0.0, 0.5, 1 / 3)


@pytest.mark.parametrize("count", [0, 1, 2, 20, 21, 60])
@pytest.mark.parametrize("name", WORDS)
def test_words_of_a_grid_are_inside_and_apart(name: str, count: int) -> None:
    rows = {f"{name}{at or ''}": RATES for at in range(count)}
    picture = chart_figures.draw_success(DAYS, rows, name)
    found = [box.said for box in check(picture)]
    assert ("The 19 lowest of 60." in found) == (count == 60)
    if count:
        assert {"100%", ">99%", "<1%", "-", "0%", "50%", "33%"} <= set(found)


def test_of_many_rows_the_lowest_are_drawn() -> None:
    rows = {f"p{at}": [at / 100] * 7 for at in range(60)}
    found = said(chart_figures.draw_success(DAYS, rows))
    assert [name for name in found if name.startswith("p")] == [f"p{at}" for at in range(19)]


@pytest.mark.parametrize("days", [1, 2, 7])
def test_fewer_days_have_room(days: int) -> None:
    given = tuple(date(2026, 9, 28) + timedelta(days=at) for at in range(days))
    check(chart_figures.draw_success(given, {"a": [0.5] * days, "b": [None] * days}))


@pytest.mark.parametrize("most", [0.0, 0.01, 0.25, 3.0, 99.9, 12_345_678.0])
def test_words_of_a_heat_map_are_inside_and_apart(most: float) -> None:
    heat = [[0.0] * 24 for _ in range(7)]
    heat[6][23], heat[0][0] = most, most / 2
    found = [box.said for box in check(chart_figures.draw_heat(replace(PIPELINE, heat=heat, zone=LONG)))]
    assert (found[-1] == "None failed.") == (most == 0)


def a_month(days: Sequence[int], seconds: float) -> list[DayDurations]:
    return [DayDurations(MONTH[at], Durations("Box", 2, seconds, 2 * seconds, 3 * seconds)) for at in days]


@pytest.mark.parametrize("seconds", [0.0, 0.004, 1.0, 59.0, 119.0, 4_000.0, 86_400.0 * 40])
@pytest.mark.parametrize("days", [[0], [0, 29], [3, 4, 9], list(range(30))])
@pytest.mark.parametrize("usual", [None, 0.0, 60.0, 90_000.0])
def test_words_of_durations_are_inside_and_apart(seconds: float, days: list[int], usual: float | None) -> None:
    baseline = None if usual is None else Durations("Box", 2, usual, usual, usual)
    some = replace(PROCESSOR, subject=LONG, durations=a_month(days, seconds), baseline=baseline)
    check(chart_lines.draw_durations(some))


def test_a_band_is_that_of_the_weekday() -> None:
    """As `/health PROCESSOR` has it: of a weekday that nobody knows there is none."""
    tuesday, sunday = (WeekdayUsual(day, 4, 100, 2, 45.0, top, 25.0, None) for day, top in ((1, 98.0), (6, 140.0)))
    some = replace(PROCESSOR, weekdays=(tuesday, sunday))
    drawn = ElementTree.fromstring(chart_lines.draw_durations(some))
    band = [each for each in drawn.iter(f"{XMLNS}rect") if each.get("fill") == BAND and not each.get("stroke")]
    weekdays = [day.weekday() for day in MONTH[1:]]
    assert len(band) == weekdays.count(1) + weekdays.count(6)
    assert len({each.attrib["height"] for each in band}) == 2
    assert charts.draw(some)[2].alt_text.endswith("Usual Tue 45.0s to 98.0s.")


def test_a_day_without_runs_is_a_gap() -> None:
    some = replace(PROCESSOR, durations=a_month([0, 1, 2, 5, 6, 9], 60), baseline=None)
    drawn = ElementTree.fromstring(chart_lines.draw_durations(some))
    dashed = [each for each in drawn.iter(f"{XMLNS}polyline") if each.get("stroke-dasharray")]
    assert [len(each.attrib["points"].split()) for each in dashed] == [3, 2, 2], "the last is the legend's"


@pytest.mark.parametrize(
    ("hours", "count"), [(0, 0), (0, 1), (1, 2), (24, 30), (24 * 90, 60)], ids=["none", "one", "hour", "day", "months"]
)
def test_words_of_a_timeline_are_inside_and_apart(hours: int, count: int) -> None:
    begin = datetime(2026, 1, 14, 6, tzinfo=UTC)
    first, spans = notices.decision(at=begin, severity=Severity.P1), ((begin, None),)
    names = [f"INC-{number}" for number in range(count)]
    found = ReplayReport(
        first=begin,
        last=begin + timedelta(hours=hours),
        step=timedelta(minutes=10),
        zone=ZoneInfo("America/New_York"),
        messages=tuple(Message(incident=name, decisions=(first,), spans=spans, ended=None) for name in names),
        quiet={},
        noise=Noise(raw_failures=0, kept_quiet=0, real=0, by_category={}),
        warnings=(),
    )
    check(replay_chart.timeline(found))


@pytest.mark.parametrize(("findings", "minutes", "more"), [(2, 0.0, 0), (40, 1.5, 1), (900, 7.0, 5), (8_000, 20.0, 2)])
def test_a_storm_before_and_after(findings: int, minutes: float, more: int) -> None:
    storm, zone = review_cards.storm(findings, minutes, 3 * more), ZoneInfo("America/New_York")
    picture = charts.storm(storm, zone, [storm] * more)
    shown = [box.said for box in check(picture.svg)]
    assert shown[0] == f"INC-51: {findings:,} findings, 2 messages"
    assert {f"Before: {findings:,} messages", "After: 2 messages", "17 Jan, America/New_York"} < set(shown)
    assert picture.alt_text.startswith(f"INC-51. Before: {findings:,} messages, one for each finding ")
    assert picture.alt_text.count("2 messages. INC-51") == max(0, min(more, 2) - 1)
    assert picture.alt_text.endswith(".")
    bars = list(ElementTree.fromstring(picture.svg).iter(f"{XMLNS}rect"))[2:]
    assert len(bars) <= 96


def test_what_is_no_number_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="nan cannot be drawn"):
        svg.number(float("nan"))


def test_words_name_the_hour_that_the_picture_rings() -> None:
    """Several hours are the worst: both take the first of the week."""
    assert "Most on Tuesday from 16:00, 16 in an average week." in drawn("processor")[1].alt_text
    assert "○ most: Tue 16:00, 16; Wed 08:00, 16; Thu 11:00, 16" in said(chart_figures.draw_heat(PROCESSOR))


def test_a_comment_mentions_nobody() -> None:
    assert "<!" not in charts.comment(replace(PROCESSOR, subject="<!channel>"))


def test_what_goes_with_a_file_hides_nothing() -> None:
    sent = charts.Chart("a.png", "B\u202eox", "A\u200b\u00ad chart", b"").upload()
    assert (sent["title"], sent["alt_txt"]) == ("Box", "A chart")


def test_a_burn_down_ends_where_the_words_do() -> None:
    report = slo_cards.report()
    burning = report.phases[0]
    assert burning.left[-2:] == [1.0, 1 - (burning.spent or 0)]
    chart = charts.burn_down(report)
    assert chart is not None
    assert size(chart.png)[0] == 1_200
    assert chart.alt_text == (
        "What is left of the budgets, 30 days. Phase 2: 82% left, burns now: 9 of 49.5 misses; "
        "Phase 3: 100% left: 0 of 2.1 misses; Phase 5: unknown; "
        "Prediction coverage: 29% left, burns now: 107 of 150.0 misses; <graded>: unknown."
    )
    assert charts.burn_down(replace(report, phases=report.phases[2:], named=report.named[1:])) is None


@pytest.mark.parametrize("count", [1, 2, 3, 4, 10])
def test_words_of_a_burn_down_are_inside_and_apart(count: int) -> None:
    kept, spent = (replace(each, phase=99) for each in slo_cards.report().phases[:2])
    gone = replace(spent, month=Counts(0, 123_456, 9), daily=[Counts(0, 4_000)] * 30)
    found = [box.said for box in check(chart_budgets.draw_budgets([kept, gone, spent][:count] * count, MOMENT, LONG))]
    assert any(each.startswith("all spent") for each in found) == (count > 1)
    assert any(each.startswith("The 10 of ") for each in found) == (count > 3)


def test_a_day_of_which_nothing_is_known_is_a_gap_in_a_burn_down() -> None:
    one = replace(slo_cards.report().phases[1], daily=[Counts(1), Counts(0, 0, 1), Counts(1, 1)])
    assert one.left[:2] == [1.0, None]
    drawn = ElementTree.fromstring(chart_budgets.draw_budgets([one], MOMENT, "left"))
    assert len(list(drawn.iter(f"{XMLNS}polygon"))) == 2
