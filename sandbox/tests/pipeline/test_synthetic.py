"""A registry is completed to 55 processors, and nothing in it is changed that was known."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from sandbox.pipeline.fleet import Fleet, RegistryIncomplete
from sandbox.pipeline.synthetic import MARK, complete, group_of
from sandbox.tests.pipeline.conftest import REGISTRY


@pytest.fixture
def proposal() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(REGISTRY.read_text(encoding="utf-8"))
    return loaded


def test_fifty_five_in_all_and_the_added_ones_are_marked(proposal: dict[str, Any]) -> None:
    before = deepcopy(proposal)
    completed = complete(proposal)
    assert proposal == before
    assert len(completed["processors"]) == 55
    known = {entry["name"] for entry in before["processors"]}
    added = [entry for entry in completed["processors"] if entry["name"] not in known]
    assert all(entry["name"].startswith("Synthetic") and entry["description"] == MARK for entry in added)
    groups = [group_of(entry) for entry in completed["processors"]]
    assert (groups.count("scraper"), groups.count("analytics"), groups.count("precompute")) == (4, 7, 8)
    assert groups.count("predictions") == 3
    assert groups.count("exporter") >= 8


def test_what_is_known_stays(proposal: dict[str, Any]) -> None:
    completed = {entry["name"]: entry for entry in complete(proposal)["processors"]}
    for entry in proposal["processors"]:
        for key in set(entry) - {"expected_records"}:
            assert completed[entry["name"]][key] == entry[key]
    assert completed["NbacGamebookProcessor"]["expected_records"] == {
        "per_game": True,
        "min": 100,
        "max": 500,
        "typical": 300,
    }


def test_completing_twice_changes_nothing(proposal: dict[str, Any]) -> None:
    once = complete(proposal)
    assert complete(once) == once


def test_names_are_unique_and_dependencies_point_to_earlier_phases(proposal: dict[str, Any]) -> None:
    entries = complete(proposal)["processors"]
    phases = {entry["name"]: entry["phase"] for entry in entries}
    assert len(phases) == len(entries)
    for entry in entries:
        for other in entry.get("dependencies") or ():
            assert phases[other] <= entry["phase"] or group_of(entry) == "reference"


def test_dependents_lists_are_kept_in_agreement(proposal: dict[str, Any]) -> None:
    for entry in proposal["processors"]:
        entry["dependents"] = [
            other["name"] for other in proposal["processors"] if entry["name"] in (other.get("dependencies") or ())
        ]
    completed = complete(proposal)
    fleet = Fleet.from_registry(completed)
    for entry in completed["processors"]:
        if "dependents" in entry:
            assert tuple(entry["dependents"]) == fleet.dependents[entry["name"]]


def test_an_incomplete_registry_is_refused_with_all_problems(proposal: dict[str, Any]) -> None:
    with pytest.raises(RegistryIncomplete) as refusal:
        Fleet.from_registry(proposal)
    assert "NbacGamebookProcessor: schedule_hours_et is missing" in str(refusal.value)
    assert "synthetic.complete()" in str(refusal.value)
    assert str(refusal.value).count("\n") > 10
