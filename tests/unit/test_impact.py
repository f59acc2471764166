"""Impact: hops, staleness, retired processors, slots to come, what is said about the answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.evidence.freshness import DateFreshness, Staleness, staleness
from bot.domain.impact.deadlines import Basis, Pace
from bot.domain.impact.report import Impact, newest_date
from bot.domain.platform.registry import Criticality
from bot.domain.platform.schedule import Schedule
from bot.domain.platform.source_links import linked_by_source
from bot.views import impact_words
from tests.support.impact_cases import DAY, DUE, NOW, PIPELINE, freshness, impact, names, registry, wide

LONG_AGO = date(2025, 12, 1)


def hops(found: Impact) -> dict[str, int]:
    return {item.processor.name: item.hops for item in found.dependents}


def test_hops_down_and_up() -> None:
    found = impact()
    assert hops(found) == {"NbacPredictions": 2, "NbacSummary": 1, "NbacFeatures": 2, "NbacOldExport": 2}
    assert dict(impact("NbacPredictions").upstream) == {
        "NbacFeatures": 1,
        "NbacSummary": 1,
        "NbacGamebookProcessor": 2,
        "NbacScraper": 3,
    }


def test_where_no_dependency_is_registered_the_reach_is_unknown() -> None:
    alone = impact("NbacSummary", processors=registry([{"name": "NbacSummary"}, {"name": "NbacScraper"}]))
    assert impact_words.headline(alone) == (
        "What depends on NbacSummary is unknown: the registry names no dependencies."
    )
    assert impact_words.upstream(alone) == "What it depends on is unknown, too. Add `dependencies:` to registry.yaml."
    last = impact("NbacPredictions")
    assert impact_words.headline(last) == "Nothing that runs depends on NbacPredictions."


def test_worst_first() -> None:
    fresh = freshness("NbacPredictions", filled=True)
    names = [item.processor.name for item in impact("NbacGamebookProcessor", fresh).dependents]
    assert names == ["NbacPredictions", "NbacSummary", "NbacFeatures", "NbacOldExport"]
    everything = impact("P00", processors=wide(60))
    levels = [item.processor.criticality for item in everything.dependents]
    assert levels == sorted(levels, key=[*Criticality, None].index)


def test_totals_and_slots_to_come() -> None:
    found = impact()
    assert found.totals == {
        Criticality.CRITICAL: 1,
        Criticality.HIGH: 1,
        Criticality.MEDIUM: 1,
        Criticality.LOW: 1,
    }
    assert {item.processor.name: item.next_slot for item in found.waiting} == {
        "NbacSummary": datetime(2026, 1, 16, 8, tzinfo=UTC),  # 26:00 has passed, 27:00 has not
        "NbacPredictions": datetime(2026, 1, 16, 15, tzinfo=UTC),
    }


def test_what_is_fine_is_no_part_of_what_is_affected() -> None:
    met = [freshness(name, filled=True) for name in names() if name != "NbacGamebookProcessor"]
    waiting = freshness("NbacSummary", settled_at=NOW + timedelta(hours=1))
    found = impact("NbacGamebookProcessor", *met, waiting)
    assert [item.processor.name for item in found.at_risk] == ["NbacPredictions", "NbacSummary"]
    assert [item.processor.name for item in found.affected] == ["NbacPredictions", "NbacSummary"]
    filled = freshness("NbacGamebookProcessor", filled=True)
    assert not impact("NbacGamebookProcessor", *met, waiting, filled).affected


def test_the_affected_are_the_stale_and_those_at_risk_the_unknown_stand_beside_them() -> None:
    unknown = freshness("NbacFeatures", expected=None)
    fresh = freshness("NbacOldExport", filled=True)
    found = impact("NbacGamebookProcessor", unknown, fresh, freshness("NbacPredictions", settled_at=NOW))
    affected = {item.processor.name: item.staleness for item in found.affected}
    assert affected == {"NbacPredictions": Staleness.NO_DATA, "NbacSummary": Staleness.NO_DATA}
    assert {item.processor.name for item in found.listed} == {*affected, "NbacFeatures"}
    assert impact_words.headline(found) == (
        "2 of 4 dependents are affected: all stale (1 CRITICAL, 1 HIGH); of 1 nobody can tell."
    )


def test_unknown_is_not_affected() -> None:
    unknown = [freshness(name, expected=None) for name in names()]
    found = impact("NbacGamebookProcessor", *unknown)
    assert not found.affected
    assert impact_words.headline(found) == "Whether its 4 dependents are affected is unknown."
    assert impact_words.fine(found) is None
    filled = freshness("NbacOldExport", filled=True)
    some = impact("NbacGamebookProcessor", *unknown, filled)
    assert impact_words.headline(some) == "None of its 4 dependents is known to be affected; of 3 nobody can tell."


def test_the_next_deadline_is_among_itself_and_its_dependents() -> None:
    found = impact()
    assert found.next_deadline is not None
    assert found.next_deadline.processor == "NbacGamebookProcessor"
    met = impact("NbacGamebookProcessor", freshness("NbacGamebookProcessor", filled=True))
    assert met.next_deadline is not None
    assert [step.processor for step in met.next_deadline.critical_path] == ["NbacSummary"]
    late = impact(now=NOW + timedelta(hours=2))
    assert [item.processor for item in late.breached] == ["NbacGamebookProcessor", "NbacSummary"]
    assert late.next_deadline is not None
    assert late.next_deadline.processor == "NbacPredictions"


@pytest.mark.parametrize("explicit", [True, False])
def test_a_scraper_feeds_those_that_read_its_files(explicit: bool) -> None:
    known = registry(
        {**entry, "dependencies": ["NbacScraper"]} if explicit and entry["name"] == "NbacGamebookProcessor" else entry
        for entry in PIPELINE
    )
    found = impact("NbacScraper", processors=known)
    assert hops(found)["NbacGamebookProcessor"] == 1
    assert hops(found)["NbacPredictions"] == 3
    note = "Its raw files (nbac) are read by NbacGamebookProcessor: counted as if the registry said so."
    assert (note in found.notes) is not explicit


def test_links_by_source_make_no_cycle() -> None:
    odd = registry(
        [
            {"name": "reader", "phase": 2, "source": "s"},
            {"name": "scraper", "kind": "scraper", "phase": 2, "source": "s", "dependencies": ["reader"]},
        ]
    )
    assert linked_by_source(odd) is not odd or linked_by_source(odd).by_name["reader"].dependencies == ()
    assert linked_by_source(odd).by_name["reader"].dependencies == ()


class TestRetired:
    def left_out(self, *freshness_by_name: DateFreshness, **other: object) -> list[str]:
        found = impact("NbacGamebookProcessor", *freshness_by_name, **other)  # type: ignore[arg-type]
        assert not {item.processor for item in found.retired} & set(hops(found))
        return [item.processor for item in found.retired]

    def test_no_run_for_30_days_or_never_seen(self) -> None:
        old, never = freshness("NbacOldExport", last_run=LONG_AGO), freshness("NbacFeatures", last_run=None)
        assert self.left_out(old, never) == ["NbacFeatures", "NbacOldExport"]
        edge = NOW.date() - timedelta(days=30)
        assert self.left_out(freshness("NbacOldExport", last_run=edge)) == []
        assert self.left_out(freshness("NbacOldExport", last_run=edge - timedelta(days=1))) == ["NbacOldExport"]

    def test_a_short_history_says_nothing(self) -> None:
        old = freshness("NbacOldExport", last_run=None)
        assert self.left_out(old, history_from=NOW.date() - timedelta(days=29)) == []
        assert self.left_out(old, history_from=None) == []

    def test_when_nothing_ran_nothing_is_retired(self) -> None:
        assert self.left_out(*(freshness(name, last_run=LONG_AGO) for name in names())) == []

    @pytest.mark.parametrize("reason", [{"sporadic": True}, {"runs_on_no_game_days": False}])
    def test_one_that_may_have_had_nothing_to_do_stays(self, reason: dict[str, bool]) -> None:
        known = registry({**entry, **reason} if entry["name"] == "NbacOldExport" else entry for entry in PIPELINE)
        assert self.left_out(freshness("NbacOldExport", last_run=None), processors=known) == []

    def test_one_whose_table_is_still_loaded_stays(self) -> None:
        """Its runs are in no history, or in another."""
        assert self.left_out(freshness("NbacOldExport", last_run=None, loaded_at=NOW - timedelta(days=3))) == []

    def test_nothing_waits_for_it(self) -> None:
        found = impact("NbacGamebookProcessor", freshness("NbacFeatures", last_run=None))
        [late] = [item for item in found.dependents if item.processor.name == "NbacPredictions"]
        assert late.deadline is not None
        path = [step.processor for step in late.deadline.critical_path]
        assert path == ["NbacGamebookProcessor", "NbacSummary", "NbacPredictions"]


def test_notes_name_assumptions() -> None:
    assumed = impact(pace=lambda _: Pace(300, Basis.ASSUMED))
    assert "No duration known for NbacGamebookProcessor: 5 minutes are assumed." in assumed.notes
    by_phase = impact(pace=lambda _: Pace(300, Basis.PHASE))
    assert any("the p95 of its phase is used" in note for note in by_phase.notes)
    no_slots = registry({k: v for k, v in e.items() if k != "schedule_hours_et"} for e in PIPELINE)
    assert any(
        "no slots for NbacGamebookProcessor, NbacPredictions, NbacSummary" in note
        for note in impact(processors=no_slots).notes
    )


PLAIN, LIMITED = None, 24.0
"""Hours that its table may be old."""
HOURS_AGO = {hours: NOW - timedelta(hours=hours) for hours in (23, 25)}
MISSING = DateFreshness("A", True, DUE, False)


@pytest.mark.parametrize(
    ("limit", "given", "expected"),
    [
        (PLAIN, MISSING, Staleness.NO_DATA),
        (PLAIN, replace(MISSING, filled=True), Staleness.FRESH),
        (PLAIN, replace(MISSING, settled_at=NOW + timedelta(minutes=1)), Staleness.FRESH),
        (PLAIN, replace(MISSING, settled_at=NOW), Staleness.NO_DATA),
        (PLAIN, replace(MISSING, expected=False), Staleness.FRESH),
        (PLAIN, replace(MISSING, expected=None), Staleness.UNKNOWN),
        (PLAIN, replace(MISSING, filled=None), Staleness.UNKNOWN),
        (PLAIN, replace(MISSING, filled=None, settled_at=NOW + timedelta(minutes=1)), Staleness.UNKNOWN),
        (PLAIN, replace(MISSING, settled_at=None), Staleness.UNKNOWN),
        (LIMITED, replace(MISSING, expected=False), Staleness.FRESH),
        (PLAIN, DateFreshness("A"), Staleness.UNKNOWN),
        (LIMITED, replace(MISSING, filled=True, loaded_at=HOURS_AGO[25]), Staleness.OLD_TABLE),
        (LIMITED, replace(MISSING, filled=True, loaded_at=HOURS_AGO[23]), Staleness.FRESH),
        (LIMITED, replace(MISSING, filled=True), Staleness.FRESH),
        (LIMITED, replace(MISSING, loaded_at=HOURS_AGO[23]), Staleness.NO_DATA),
        (LIMITED, DateFreshness("A", loaded_at=HOURS_AGO[25]), Staleness.OLD_TABLE),
        (LIMITED, DateFreshness("A", loaded_at=HOURS_AGO[23]), Staleness.UNKNOWN),
    ],
)
def test_staleness(limit: float | None, given: DateFreshness, expected: Staleness) -> None:
    assert staleness(limit, given, NOW) is expected
    assert expected.stale is {"no_data": True, "old_table": True, "fresh": False, "unknown": None}[expected]


@pytest.mark.parametrize(
    ("slots", "now", "expected"),
    [
        ([25.0], NOW, DAY),  # 01:00 of the 16th has passed
        ([25.0], datetime(2026, 1, 16, 5, 59, tzinfo=UTC), date(2026, 1, 14)),
        ([25.0], datetime(2026, 1, 16, 6, tzinfo=UTC), DAY),
        ([8.0, 25.0], NOW, DAY),
        ([50.0], NOW, date(2026, 1, 14)),  # 02:00 two days later
        ([0.0], NOW, date(2026, 1, 16)),
        ([], NOW, date(2026, 1, 16)),
        ([], datetime(2026, 1, 16, 4, tzinfo=UTC), DAY),
    ],
)
def test_the_newest_date_with_a_slot_by_now(slots: list[float], now: datetime, expected: date) -> None:
    assert newest_date(Schedule(registry().zone, tuple(slots)), now) == expected


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (42.4, "in 42 min"),
        (-75, "75 min ago"),
        (200, "in 3.3 h"),
        (7_200, "in 5.0 days"),
        (-3_214_720, "6.1 years ago"),
    ],
)
def test_the_unit_of_a_time_fits_its_length(minutes: float, said: str) -> None:
    assert impact_words.until(minutes) == said
