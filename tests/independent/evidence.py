"""What is known of (processor, date), and what a failed run is counted as. Rules: PRODUCT.md, capabilities 1 and 2."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.independent.world import Run, World

SPELLINGS = {"dependency_missing": "upstream_failure", "error": "processing_error"}
POLICY = Path(__file__).resolve().parents[2] / "config" / "nba" / "policy.yaml"


@dataclass(frozen=True)
class Known:
    """Of one (processor, date) as of a moment; None where it cannot be told. `input_at`: since when it could work;
    `emptied_at`: when its table lost the rows that it had.
    """

    expected: bool | None
    judged: bool
    filled: bool | None
    traced: str
    input_at: datetime | None
    emptied_at: datetime | None = None


def known_of(world: World, name: str, day: date, judged_at: datetime, as_of: datetime) -> Known:
    """`judged_at`: the moment of judging; `as_of`: what was recorded until then is known."""
    entry = world.processors.get(name)
    if entry is None:
        return Known(None, False, None, "", None)
    hours = entry.get("schedule_hours_et") or []
    judged = bool(hours) and world.slot(day, max(hours)) + timedelta(minutes=20) <= judged_at
    filled, emptied = _filled(world, entry, day, as_of), _emptied(world, entry, day, as_of)
    return Known(_expected(world, entry, day), judged, filled, *_input(world, entry, day, as_of), emptied)


def _expected(world: World, entry: dict[str, Any], day: date) -> bool | None:
    if entry.get("sporadic"):
        return False
    per_game = (entry.get("expected_records") or {}).get("per_game")
    if per_game is False and (not entry.get("schedule_hours_et") or entry.get("runs_on_no_game_days", True)):
        return bool(entry.get("schedule_hours_et"))
    return None if per_game is None or day < min(world.game_days) else day in world.game_days


def _filled(world: World, entry: dict[str, Any], day: date, as_of: datetime) -> bool | None:
    if entry.get("bigquery_table"):
        counts = [count for at, count in world.loads.get((entry["bigquery_table"], day), []) if at <= as_of]
        return bool(counts) and counts[-1] > 0
    if entry.get("kind") == "scraper" and entry.get("source"):
        return any(at <= as_of for at in world.files.get((entry["source"], day), []))
    return None


def _emptied(world: World, entry: dict[str, Any], day: date, as_of: datetime) -> datetime | None:
    seen = [(at, count) for at, count in world.loads.get((str(entry.get("bigquery_table")), day), []) if at <= as_of]
    full = [place for place, (_, count) in enumerate(seen) if count > 0]
    return seen[full[-1] + 1][0] if full and full[-1] + 1 < len(seen) else None


def _input(world: World, entry: dict[str, Any], day: date, as_of: datetime) -> tuple[str, datetime | None]:
    if entry.get("kind") == "scraper":
        return "", None
    if entry.get("source"):
        files = [at for at in world.files.get((entry["source"], day), []) if at <= as_of]
        return "file", min(files, default=None)
    upstream = [world.processors[name].get("bigquery_table") for name in entry.get("dependencies") or []]
    tables = {str(table) for table in upstream if table}
    if not tables:
        return "", None
    filled = [
        min((at for at, count in world.loads.get((table, day), []) if at <= as_of and count > 0), default=None)
        for table in tables
    ]
    return "upstream", None if None in filled else max(at for at in filled if at is not None)


class TextRules:
    """The ordered rules of the policy: the first pattern found anywhere in the text decides."""

    def __init__(self, path: Path = POLICY) -> None:
        rules = yaml.safe_load(path.read_text())["failure_text_rules"]
        self._rules = [
            (rule["category"], re.compile("|".join(f"(?:{p})" for p in rule["any_of"]), re.I | re.A)) for rule in rules
        ]
        self._said: dict[str, str | None] = {}

    def category(self, text: str | None) -> str | None:
        wording = re.sub(r"\d{4}-\d\d-\d\d", "<date>", text or "")
        if wording not in self._said:
            found = (category for category, pattern in self._rules if pattern.search(wording))
            self._said[wording] = next(found, None) if wording else None
        return self._said[wording]


def category_of(run: Run, entry: dict[str, Any] | None, known: Known, rules: TextRules) -> str:
    """The one category of a failed run."""
    entry = entry or {}
    recorded = SPELLINGS.get(run.category or "", run.category or "unknown")
    ready = known.input_at is not None and known.input_at <= run.started_at
    used = ready and known.emptied_at is not None and run.started_at < known.emptied_at
    if recorded == "no_data_available":
        due = known.expected is True and known.judged and not entry.get("sporadic")
        masked = due and known.traced == "file" and ready and known.filled is False and not used
        return "processing_error" if masked else recorded
    if recorded != "unknown":
        return recorded
    said = rules.category(run.text)
    limit = entry.get("timeout_seconds")
    if limit and run.seconds is not None and run.seconds >= limit:
        said = "timeout"
    if said not in (None, "no_data_available"):
        return said
    return _by_evidence(said is not None, entry, known, ready=ready, used=used)


def _by_evidence(says_no_data: bool, entry: dict[str, Any], known: Known, *, ready: bool, used: bool) -> str:
    if known.expected is False:
        return "no_data_available"
    if known.expected is None:
        return "no_data_available" if says_no_data else "unknown"
    if known.traced and not ready:
        return "upstream_failure" if known.traced == "upstream" else "no_data_available"
    polling = entry.get("polling", False)
    if (known.filled or used) and (says_no_data or polling):
        return "no_data_available"
    if ready and ((known.judged and known.filled is False and not used) or not (polling or says_no_data)):
        return "processing_error"
    return "unknown"
