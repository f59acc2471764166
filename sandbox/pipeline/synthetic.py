"""Completes a registry for the simulation: the fields that a proposal lacks, and synthetic processors up to 55."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sandbox.pipeline.fleet import is_per_game, typical_records

TOTAL = 55
"""PLATFORM.md, "Shape": about 55 processors."""
SHARES = {"scraper": 4, "reference": 3, "raw": 22, "analytics": 7, "precompute": 8, "predictions": 3, "exporter": 8}
"""How the 55 are made up. The platform's own counts (33 raw, 22 and more exporters) overlap and add up to more."""
# Analytics and precompute lie apart even in the night when clocks go forward and 02:00 and 03:00 are one instant.
GROUP_PHASE = {"scraper": 1, "reference": 1, "raw": 2, "analytics": 3, "precompute": 4, "predictions": 5, "exporter": 6}
SLOTS = {
    "scraper": [22.75, 24.75],
    "reference": [6.0],
    "raw": [23.0, 25.5],
    "analytics": [26.0],
    "precompute": [27.5],
    "predictions": [28.5],
    "exporter": [40.5],
}
DATASETS = {
    "reference": "nba_reference",
    "raw": "nba_raw",
    "analytics": "nba_analytics",
    "precompute": "nba_precompute",
    "predictions": "nba_predictions",
    "exporter": "nba_publish",
}
DEADLINES = {
    "scraper": "02:00 ET",
    "reference": "12:00 ET",
    "raw": "03:00 ET",
    "analytics": "04:00 ET",
    "precompute": "05:00 ET",
    "predictions": "17:00 ET",
    "exporter": "18:00 ET",
}
DAILY = ("NbacScheduleProcessor", "BdlActivePlayersProcessor")
BEFORE_GAMES = ("Odds", "Betting")
TYPICAL = {
    "NbacScheduleProcessor": 1230,
    "BdlActivePlayersProcessor": 523,
    "BettingPropsProcessor": 160,
    "NbacGamebookProcessor": 34,
    "PredictionCoordinator": 140,
    "BasketballRefRosterProcessor": 30,
    "PlayerGameSummaryProcessor": 40,
}
ABOVE_MINIMUM = 1.1
"""A typical figure for a processor of which only the minimum is known."""
NEVER_PRODUCING = 4
"""Four processors never produce data (PLATFORM.md, "Processors known by name")."""
PREFIX = "Synthetic"
MARK = "Synthetic: made up for the simulated pipeline, not a processor of the platform."


def complete(registry: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with every field that the simulation needs, and synthetic entries up to 55 processors.

    Values that are there stay; nothing is removed. Synthetic processors have the name prefix `Synthetic` and say
    so in their description.
    """
    completed = deepcopy(dict(registry))
    entries: list[dict[str, Any]] = list(completed.get("processors") or ())
    for entry in entries:
        _fill(entry)
    for group, count in _lacking(entries).items():
        for number in range(1, count + 1):
            _add(entries, _synthetic(entries, group, number))
    completed["processors"] = entries
    return completed


def is_synthetic(name: str) -> bool:
    return name.startswith(PREFIX)


def group_of(entry: Mapping[str, Any]) -> str:
    """Which of the seven groups an entry belongs to, by its kind and phase."""
    kind, phase = entry.get("kind") or "processor", int(entry["phase"])
    if kind in {"scraper", "reference", "exporter"}:
        return str(kind)
    return {1: "reference", 2: "raw", 3: "analytics", 4: "precompute", 5: "predictions"}.get(phase, "exporter")


def _lacking(entries: list[dict[str, Any]]) -> dict[str, int]:
    """How many to add to each group; what a full group has too many is taken from the largest gap."""
    have = {group: sum(group_of(entry) == group for entry in entries) for group in SHARES}
    gaps = {group: max(0, share - have[group]) for group, share in SHARES.items()}
    while sum(gaps.values()) + len(entries) > TOTAL and any(gaps.values()):
        gaps[max(gaps, key=lambda group: gaps[group])] -= 1
    return gaps


def _fill(entry: dict[str, Any]) -> None:
    group = group_of(entry)
    name = str(entry["name"])
    before = name.startswith(BEFORE_GAMES)
    daily = name in DAILY or bool(entry.get("sporadic")) or (group == "reference" and not entry.get("dependencies"))
    if not entry.get("schedule_hours_et"):
        late = group == "reference" and bool(entry.get("dependencies"))
        entry["schedule_hours_et"] = [25.75] if late else _slots(name, group, before, daily)
    if group != "scraper" and not entry.get("bigquery_table"):
        entry["bigquery_table"] = f"{DATASETS[group]}.{_slug(name)}"
    if group in {"scraper", "raw"} and not entry.get("source"):
        entry["source"] = _source(entry)
    entry["expected_records"] = _records(entry, group, daily)


def _records(entry: Mapping[str, Any], group: str, daily: bool) -> dict[str, Any]:
    """Records per game or date. A range that does not say "per game" is a day's, and gives way to a figure per game."""
    name, per_game, typical = str(entry["name"]), is_per_game(entry), typical_records(entry)
    known = entry.get("expected_records")
    records = dict(known) if isinstance(known, dict) and (per_game is not None or daily) else {}
    if group == "scraper":
        typical = 0.0
    elif typical is None or (per_game is None and not daily):
        typical = float(TYPICAL.get(name, 26))
    elif "max" not in records and "typical" not in records:
        typical *= ABOVE_MINIMUM
    return {**records, "per_game": not daily if per_game is None else per_game, "typical": typical}


def _slots(name: str, group: str, before: bool, daily: bool) -> list[float]:
    if name == "PredictionCoordinator":
        return [38.0, 39.5]
    if before and group in {"scraper", "raw"}:
        if group == "scraper":
            return [9.75, 15.75]
        return [9.0, 20.0] if name.startswith("Odds") else [10.0, 16.0]
    return [6.0] if daily and group in {"raw", "reference"} else list(SLOTS[group])


def _source(entry: Mapping[str, Any]) -> str:
    """From the raw path pattern if there is one (`gs://bucket/SOURCE/KIND/...`), else from the name."""
    pattern = str(entry.get("raw_path") or entry.get("gcs_source_pattern") or "")
    folders = pattern.removeprefix("gs://").split("/")[1:]
    return "/".join(folder for folder in folders if folder and not set("{*") & set(folder)) or _slug(str(entry["name"]))


def _slug(name: str) -> str:
    return name.removesuffix("Processor").removesuffix("Scraper").removesuffix("Exporter").lower()


def _synthetic(entries: list[dict[str, Any]], group: str, number: int) -> dict[str, Any]:
    kind = group if group in {"scraper", "reference", "exporter"} else "processor"
    barren = group == "raw" and number <= NEVER_PRODUCING
    entry: dict[str, Any] = {
        "name": _name(group, number),
        "kind": kind,
        "phase": GROUP_PHASE[group],
        "criticality": ("MEDIUM", "LOW")[number % 2],
        "description": MARK,
        "dependencies": _dependencies(entries, group, number),
        "source": _synthetic_source(entries, group, number),
        "expected_frequency": "daily",
        "polling": False,
        "sporadic": barren,
        "runs_on_no_game_days": GROUP_PHASE[group] <= 2,
        "sla_completion_time": DEADLINES[group],
        "timeout_seconds": 1800,
        "expected_records": {"per_game": group != "reference", "typical": 0 if barren else 20 + number},
    }
    _fill(entry)
    return entry


def _name(group: str, number: int) -> str:
    if group in {"scraper", "exporter"}:
        return f"{PREFIX}{number:02d}{group.capitalize()}"
    return f"{PREFIX}{group.capitalize()}{number:02d}Processor"


def _synthetic_source(entries: list[dict[str, Any]], group: str, number: int) -> str | None:
    """Synthetic scrapers fetch for the first raw processors that bring data; the others' sources have none."""
    if group == "raw":
        scraped = f"synthetic-{number - NEVER_PRODUCING:02d}"
        shared = any(entry.get("source") == scraped for entry in entries)
        return scraped if shared else f"synthetic-raw-{number:02d}"
    return {"scraper": f"synthetic-{number:02d}", "reference": f"synthetic-reference-{number:02d}"}.get(group)


def _dependencies(entries: list[dict[str, Any]], group: str, number: int) -> list[str]:
    """Exporters: player summaries, every other one predictions too. Others: one processor of an earlier phase, in turn.

    Processors that are sporadic or never produce are no one's dependency.
    """
    names = [str(entry["name"]) for entry in entries]
    if group == "exporter" and "PlayerGameSummaryProcessor" in names:
        wanted = ["PlayerGameSummaryProcessor", "PredictionCoordinator"][: 1 + number % 2]
        return [name for name in wanted if name in names]
    phase = {"analytics": 2, "precompute": 3, "predictions": 3, "exporter": 5}.get(group)
    useful = [
        str(entry["name"])
        for entry in entries
        if int(entry["phase"]) == phase and not entry.get("sporadic") and typical_records(entry)
    ]
    return [useful[(number - 1) % len(useful)]] if useful else []


def _add(entries: list[dict[str, Any]], entry: dict[str, Any]) -> None:
    """Append, and keep the dependents lists that the file has in agreement."""
    for other in entries:
        if other["name"] in entry["dependencies"] and "dependents" in other:
            other["dependents"] = [*(other["dependents"] or ()), entry["name"]]
    entries.append(entry)
