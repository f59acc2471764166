"""The bundled configuration of the NBA platform: it loads, and says what is known of the platform and no more."""

from datetime import time
from pathlib import Path

import pytest

from bot.config.registry import load_registry
from bot.config.slos import load_slos
from bot.domain.errors import ConfigError
from bot.domain.platform.registry import Criticality, Kind
from tests.support.replay_worlds import PROJECT

NBA = PROJECT / "config" / "nba"
REGISTRY = load_registry(NBA / "registry.yaml").registry
POLLERS = {
    "BasketballRefRosterProcessor",
    "BdlBoxscoresProcessor",
    "EspnBoxscoreProcessor",
    "NbacGamebookProcessor",
    "OddsApiPropsProcessor",
}


def test_the_registry_loads_without_warnings() -> None:
    assert load_registry(NBA / "registry.yaml").warnings == ()
    assert len(REGISTRY.processors) == 18


def test_what_is_known_of_the_gamebook_processor() -> None:
    gamebook = REGISTRY.get("NbacGamebookProcessor")
    assert (gamebook.phase, gamebook.criticality, gamebook.proposal) == (2, Criticality.CRITICAL, False)
    assert (gamebook.sla_completion_time, gamebook.timeout_seconds) == (time(3), 600)
    assert gamebook.expected_records.per_game is True
    assert (gamebook.expected_records.minimum, gamebook.expected_records.maximum) == (100, 500)
    assert REGISTRY.dependents[gamebook.name] == (
        "GamebookRegistryProcessor",
        "PlayerGameSummaryProcessor",
        "TeamOffenseGameSummaryProcessor",
    )


def test_only_two_criticalities_are_facts() -> None:
    known = {entry.name for entry in REGISTRY.processors if entry.criticality and not entry.proposal}
    assert known == {"NbacGamebookProcessor", "PlayerGameSummaryProcessor"}


def test_a_proposal_says_in_a_comment_which_fields_it_proposes() -> None:
    marked = [line for line in (NBA / "registry.yaml").read_text().splitlines() if line.strip().startswith("proposal:")]
    assert len(marked) == sum(entry.proposal for entry in REGISTRY.processors)
    assert all(line.partition("#")[2].strip() for line in marked)


def test_a_proposed_entry_makes_only_its_criticality_or_a_named_field_up() -> None:
    assert {entry.name for entry in REGISTRY.processors if entry.polling} == POLLERS
    assert [entry.name for entry in REGISTRY.processors if entry.sporadic] == ["BasketballRefRosterProcessor"]
    assert not any(entry.schedule_hours_et for entry in REGISTRY.processors)


def test_a_scraper_and_its_processor_share_their_source() -> None:
    for scraper in (entry for entry in REGISTRY.processors if entry.kind is Kind.SCRAPER):
        assert [entry.phase for entry in REGISTRY.processors if entry.source == scraper.source] == [1, 2]


def test_raw_files_lie_where_the_source_says() -> None:
    for entry in REGISTRY.processors:
        if entry.raw_path is not None:
            assert entry.raw_path == f"gs://nba-scraped-data/{entry.source}/{{date}}/*.json"


def test_the_services_of_the_platform() -> None:
    services = {service.name: service for service in REGISTRY.services}
    request = services["nba-phase2-raw-processors"].request
    assert request is not None
    assert (request.method, request.path) == ("POST", "/process")
    assert request.body == {"processor": "{processor}", "date": "{date}"}
    assert services["nba-phase1-scrapers"].health_path == "/health"
    assert services["prediction-coordinator"].expected_timeout_seconds == 1800
    assert {(service.project, service.region) for service in REGISTRY.services} == {("nba-props-platform", "us-west2")}
    assert {
        phase: service for entry in REGISTRY.processors if (service := entry.service) and (phase := entry.phase)
    } == {
        1: "nba-phase1-scrapers",
        2: "nba-phase2-raw-processors",
        3: "nba-phase3-analytics-processors",
        4: "nba-phase4-precompute-processors",
        5: "prediction-coordinator",
    }


def test_the_service_levels_of_all_six_phases() -> None:
    levels = load_slos(NBA / "slos.yaml")
    assert [(level.phase, level.success_rate) for level in levels.phases] == [
        (1, 0.95), (2, 0.95), (3, 0.99), (4, 0.99), (5, 0.95), (6, 0.99),
    ]  # fmt: skip
    due = [(f"{level.complete_by:%H:%M}", level.days_after) for level in levels.phases if level.complete_by]
    assert due == [("23:00", 0), ("00:00", 1), ("02:00", 1), ("03:00", 1), ("17:00", 1), ("18:00", 1)]
    assert all(level.notes for level in levels.phases)
    assert [(each.name, each.objective) for each in levels.platform] == [
        ("availability", 0.995), ("data_completeness", 0.999), ("prediction_hit_rate", 0.55),
    ]  # fmt: skip
    assert levels.of_phase(3) == levels.phases[2]
    assert levels.of_phase(7) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("phases:\n- phase: 1\n  success_rate: 95\n", "slos.yaml:3: phases, item 1.success_rate is 95; it must be at"),
        ("phases:\n- phase: 1\n  success_rate: 95 %\n", "slos.yaml:3: phases, item 1.success_rate is '95 %', not a"),
        ("phases:\n- phase: 1\n  success_rate: true\n", "success_rate true is not a number"),
        ("phases:\n- phase: 1\n", "slos.yaml:2: phases, item 1.success_rate is missing"),
        ("phases:\n- {phase: 1, success_rate: 1, complete_by: late}\n", "complete_by 'late' is not a time of day"),
        ("phases:\n- {phase: 1, success_rate: 1, rate: 1}\n", "slos.yaml:2: the key 'rate' is not known. Did you mean"),
        ("phases:\n- {phase: 1, success_rate: 1}\n- {phase: 1, success_rate: .9}\n", "a service level twice for 1"),
        ("objectives:\n- {name: hits, objective: .5, measure: query}\n", "needs `measure: query` and `query` together"),
        ("objectives:\n- {name: hits, objective: .5, threshold: 1}\n", "a `threshold`, which only a query has"),
        ("objectives:\n- {name: x, objective: .5, freshness_hours: 1}\n", "which only `measure: freshness` has"),
        ("objectives:\n- {name: x, objective: .5, measure: deadline, window_days: 99}\n", "90 are looked back at most"),
        ("objectives:\n- {name: x, objective: .5, measure: query, query: SELECT 1, processors: [A]}\n", "not look at"),
        ("platform:\n- {name: x, objective: .5}\nobjectives:\n- {name: x, objective: .5}\n", "level twice for x"),
    ],
)  # fmt: skip
def test_faulty_service_levels_are_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "slos.yaml").write_text(text)
    with pytest.raises(ConfigError) as error:
        load_slos(tmp_path / "slos.yaml")
    assert told in str(error.value)
