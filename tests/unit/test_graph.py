"""The picture of an impact: who stands below whom, and real PNGs of a phone's width."""

import struct
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given

from bot.domain.impact.report import Impact
from bot.views import graph
from tests.support.health_reports import NASTY
from tests.support.impact_cases import freshness, impact, nasty, registry, wide
from tests.support.svg_boxes import check
from tests.unit.test_lineage import graphs

LONG = registry([{"name": f"c{n:04}", "phase": 1, "dependencies": [f"c{n - 1:04}"] if n else []} for n in range(3_000)])


def names(found: Impact) -> list[str]:
    return [node.label for node in graph.nodes(found)]


def test_each_is_below_one_that_feeds_it() -> None:
    found = impact("NbacScraper")
    assert names(found) == [
        "NbacScraper",
        "NbacGamebookProcessor",
        "NbacSummary",
        "NbacPredictions",
        "NbacFeatures",
        "NbacOldExport",
    ]
    lines = graph.nodes(found)
    assert [line.hops for line in lines] == [0, 1, 2, 3, 3, 3]
    assert lines[3].parents == (2, 4)  # Summary, then Features
    assert [line.label for line in lines if line.on_path] == ["NbacScraper", "NbacGamebookProcessor"]


def test_notes_at_the_end_of_a_line() -> None:
    found = impact(
        "NbacGamebookProcessor", freshness("NbacFeatures", expected=None), freshness("NbacSummary", filled=True)
    )
    assert {line.label: line.note for line in graph.nodes(found)} == {
        "NbacGamebookProcessor": "no data, 30 min left",
        "NbacSummary": "at risk",
        "NbacPredictions": "no data, 14 h left",
        "NbacFeatures": "",
        "NbacOldExport": "no data",
    }


def test_processors_without_a_phase_are_grouped_too() -> None:
    known = wide(200)
    some = known.model_copy(
        update={
            "processors": tuple(
                each.model_copy(update={"phase": None}) if at and at % 2 else each
                for at, each in enumerate(known.processors)
            )
        }
    )
    found = {name.partition(":")[0] for name in names(impact("P00", processors=some))}
    assert {"Phase 2", "Without a phase"} <= found


def test_more_than_40_are_grouped() -> None:
    assert len(names(impact("P00", processors=wide(40)))) == 41
    found = names(impact("P00", processors=wide(200)))
    assert len(found) <= graph.MOST_NODES + 1
    assert "Phase 2: 66 processors" in found
    deep = graph.nodes(impact("c0000", processors=LONG))
    assert (len(deep), deep[-1].label) == (graph.MOST_NODES + 1, "Further away: 2,960 processors")


@given(graphs())
def test_everyone_has_one_line_below_a_feeder(dependencies: dict[str, list[str]]) -> None:
    known = registry([{"name": name, "phase": 1, "dependencies": on} for name, on in dependencies.items()])
    found = impact("p0", processors=known)
    lines = graph.nodes(found)
    assert sorted(line.label for line in lines) == sorted(["p0", *(item.processor.name for item in found.dependents)])
    for at, line in enumerate(lines[1:], 1):
        above = lines[line.parents[0]]
        assert line.parents[0] < at
        assert above.label in dependencies[line.label]
        assert line.hops == above.hops + 1
    assert all(after.hops <= before.hops + 1 for before, after in pairwise(lines))


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


CASES: dict[str, Any] = {
    "small": lambda: impact(),
    "40": lambda: impact("P00", processors=wide(40)),
    "nothing": lambda: impact("NbacPredictions"),
    "nasty": lambda: impact(NASTY[0], processors=nasty()),
    "deep": lambda: impact("c0000", processors=LONG),
}


@pytest.mark.parametrize("name", CASES)
def test_pictures_have_a_phones_width_and_words(name: str) -> None:
    found = CASES[name]()
    check(graph.picture(found), margin=2.0)
    drawn = graph.draw(found)
    width, height = size(drawn.png)
    assert (width, 400 <= height <= 3_100) == (1_200, True)
    assert len(drawn.png) < 1_000_000
    assert 20 < len(drawn.alt_text) <= graph.ALT_TEXT
    assert drawn.filename == f"impact-{date(2026, 1, 15)}.png"


def test_words_say_what_the_picture_shows() -> None:
    assert graph.alt_text(impact()) == (
        "A graph, left to right. Next deadline: NbacGamebookProcessor, 08:00 UTC, in 30 min. Start"
        " NbacGamebookProcessor by 07:50 UTC, in 20 min. 4 of 4 dependents are affected: all stale (1 CRITICAL, 1 HIGH,"
        " 1 MEDIUM, 1 LOW). Worst: NbacPredictions, 2 away, CRITICAL, no data,"
        " 14 h left; NbacSummary, 1 away, HIGH, no data, 90 min left; NbacFeatures, 2 away, MEDIUM, no data;"
        " NbacOldExport, 2 away, LOW, no data."
    )
