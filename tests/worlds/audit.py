"""`python -m tests.worlds.audit WORLD ...`: is every loss, hang and gap in the files labelled?"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import yaml

LOSSES = """
SELECT p.name, d.data_date, coalesce(f.rows, 0) / (p.typical * d.games) AS share FROM p,
  (SELECT game_date AS data_date, count(*) AS games FROM game_schedule GROUP BY 1) d
  LEFT JOIN (SELECT table_name, data_date, arg_max(row_count, loaded_at) AS rows FROM table_loads GROUP BY ALL) f
  ON f.table_name = p.tab AND f.data_date = d.data_date
WHERE p.per_game AND p.typical > 0 AND coalesce(f.rows, 0) < least(.89 * p.typical * d.games, p.typical * d.games - 1.5)
"""
GAPS = """
SELECT p.name, d.data_date, 0 FROM p, (SELECT DISTINCT data_date FROM runs WHERE trigger = 'schedule') d
WHERE NOT EXISTS (SELECT 1 FROM runs WHERE processor_name = p.name AND runs.data_date = d.data_date
  AND trigger <> 'poll')
"""
HANGS = """
SELECT processor_name, data_date, duration_seconds FROM runs WHERE duration_seconds > 1800
"""
STREAKS = """
SELECT processor_name, data_date, count(*) FROM (SELECT *, row_number() OVER (PARTITION BY processor_name, data_date
  ORDER BY started_at) - row_number() OVER (PARTITION BY processor_name, data_date, real ORDER BY started_at) AS streak
  FROM (SELECT runs.*, coalesce(true_category, 'no_data_available') IN ('processing_error', 'timeout',
    'validation_failed') AS real FROM runs LEFT JOIN truth_categories USING (run_id)
    WHERE trigger IN ('schedule', 'retry') AND attempt <= 3
      AND NOT (dayofweek(started_at) = 1 AND hour(started_at) < 3)))
WHERE real GROUP BY processor_name, data_date, streak HAVING count(*) >= 3
"""
BLOCKED = """
SELECT DISTINCT processor_name, data_date, 0 FROM runs AS r JOIN truth_categories USING (run_id)
WHERE true_category = 'upstream_failure' AND NOT EXISTS (SELECT 1 FROM runs AS later WHERE later.data_date = r.data_date
  AND later.processor_name = r.processor_name AND later.status = 'success' AND later.started_at > r.started_at)
"""
CHECKS = {
    "loss": LOSSES,
    "no run": GAPS,
    "run over 1,800 s": HANGS,
    "three real failures in a row": STREAKS,
    "blocked": BLOCKED,
}


def _open(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    for table in ("runs", "table_loads", "game_schedule"):
        connection.read_parquet(str(folder / f"{table}.parquet")).create_view(table)
    truth = connection.read_parquet(str(folder / "truth_categories.parquet"))
    truth.project("run_id, true_category").create_view("truth_categories")
    connection.execute("CREATE TABLE p (name TEXT, tab TEXT, typical DOUBLE, per_game BOOLEAN)")
    for one in yaml.safe_load((folder / "registry.yaml").read_text(encoding="utf-8"))["processors"]:
        expected = one["expected_records"]
        values = [one["name"], one["bigquery_table"], expected["typical"], expected["per_game"]]
        connection.execute("INSERT INTO p VALUES (?, ?, ?, ?)", values)
    return connection


def audit(folder: Path) -> list[str]:
    """Every trouble in the evaluated dates that no incident explains, and every incident with impossible times."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    incidents = labels["incidents"]
    first = datetime.fromisoformat(labels["eval_start"]).date()
    planned = [one for one in labels["silent"] if one["kind"] == "maintenance"]
    found = []
    with _open(folder) as connection:
        for title, query in CHECKS.items():
            for name, day, value in sorted(connection.execute(query).fetchall()):
                if day < first or _explained(name, str(day), [*incidents, *planned]):
                    continue
                if title == "run over 1,800 s" and value < 2400 and _explained(name, None, incidents):
                    continue  # slowed by a long window
                found.append(f"{title}: {name} on {day} ({value:.2f}) has no label")
    for one in incidents:
        times = [datetime.fromisoformat(one[key]) for key in ("start", "detectable_at", "end")]
        if times != sorted(times):
            found.append(f"{one['id']} {one['kind']}: start, detectable_at and end are not in order: {times}")
    return found


def _explained(name: str, day: str | None, labels: list[dict[str, object]]) -> bool:
    """Whether a label names the processor, as root or as impact, on or around the date (a storm covers whole days)."""
    for one in labels:
        names = [*_names(one.get("processors")), *_names(one.get("impact"))]
        if name not in names:
            continue
        begin, end = str(one["start"])[:10], str(one["end"])[:10]
        if day is None or day in _names(one.get("data_dates")) or begin <= day <= end:
            return True
    return False


def _names(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def main() -> None:
    """Audit each world; the exit status is the number of findings, at most 1."""
    findings = {name: audit(Path(name)) for name in sys.argv[1:]}
    for name, found in findings.items():
        print(f"{name}: {len(found)} unexplained")
        print("".join(f"  {line}\n" for line in found), end="")
    sys.exit(any(findings.values()))


if __name__ == "__main__":
    main()
