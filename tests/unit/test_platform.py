"""What of the registry the warehouse is told: facts, calendar, and a fingerprint that moves when evidence would."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.evidence.expectation import Expects
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.runs import InputKind
from bot.domain.platform.registry import Registry
from tests.support.builders import PROCESSORS, registry

FACTS = platform_facts(registry())


def changed(name: str, **changes: Any) -> Registry:
    return registry([{**entry, **changes} if entry["name"] == name else entry for entry in PROCESSORS])


def test_facts_of_each_processor() -> None:
    facts = {processor.name: processor for processor in FACTS.processors}
    assert list(facts) == [entry["name"] for entry in PROCESSORS]
    assert facts["BoxScraper"].file_is_output
    assert not facts["Box"].file_is_output
    assert (facts["Box"].expects, facts["Box"].input_kind) == (Expects.PER_GAME, InputKind.FILE)
    assert (facts["Summary"].upstream_tables, facts["Summary"].input_kind) == (("raw.box",), InputKind.UPSTREAM)
    assert (facts["Plain"].expects, facts["Plain"].input_kind) == (Expects.UNKNOWN, InputKind.NONE)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("Box", {"schedule_hours_et": [26.0]}),
        ("Box", {"per_game": False}),
        ("Box", {"sporadic": True}),
        ("Box", {"table": "raw.other"}),
        ("Box", {"source": "other"}),
        ("Box", {"phase": 3}),
        ("Box", {"runs_on_no_game_days": False}),
        ("Summary", {"dependencies": ["Poller"]}),
    ],
)
def test_what_changes_evidence_changes_the_fingerprint(name: str, changes: dict[str, Any]) -> None:
    assert platform_facts(changed(name, **changes)).fingerprint != FACTS.fingerprint


@pytest.mark.parametrize("changes", [{"description": "other words"}, {"criticality": "HIGH"}, {"owner": "someone"}])
def test_what_does_not_change_evidence_changes_the_document_only(changes: dict[str, Any]) -> None:
    other = platform_facts(changed("Box", **changes))
    assert other.fingerprint == FACTS.fingerprint
    assert other.document != FACTS.document
    assert platform_facts(registry()).document == FACTS.document


def test_the_document_is_the_registry() -> None:
    assert Registry.model_validate_json(FACTS.document) == registry()


def test_processors_with_one_timetable_are_judged_together() -> None:
    many = [{"name": f"P{at}", "schedule_hours_et": [float(at % 2)], "per_game": True} for at in range(1_000)]
    found = list(platform_facts(registry(many)).judgements(date(2026, 3, 7), date(2026, 3, 9)))
    assert [len(names) for names, _, _ in found] == [500] * 6


def test_each_processor_is_judged_on_each_date() -> None:
    found = list(FACTS.judgements(date(2026, 3, 7), date(2026, 3, 9)))
    moments = {(name, day): judged for names, day, judged in found for name in names}
    assert len(moments) == sum(len(names) for names, _, _ in found) == 3 * len(PROCESSORS)
    assert moments["Box", date(2026, 3, 7)] == datetime(2026, 3, 8, 6, 20, tzinfo=UTC)
    assert moments["Box", date(2026, 3, 8)] == datetime(2026, 3, 9, 5, 20, tzinfo=UTC), (
        "an hour earlier after the change"
    )
    assert moments["Plain", date(2026, 3, 8)] is None, "no schedule, no judgement"
