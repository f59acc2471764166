"""`python -m tests.worlds.compare WORLD WORLD ...`: the same summary figures of several worlds, side by side."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import yaml

VIEWS = """
CREATE VIEW r AS SELECT runs.*, t.true_category AS truth, p.*, coalesce(g.games, 0) AS games,
    dayofweek(started_at) = 1 AND hour(started_at) < 3 AS monday
  FROM runs LEFT JOIN truth_categories t USING (run_id) JOIN p ON p.name = runs.processor_name
  LEFT JOIN (SELECT game_date, count(*) AS games FROM game_schedule GROUP BY 1) g ON g.game_date = data_date;
CREATE VIEW final AS SELECT table_name, data_date, arg_max(row_count, loaded_at) AS rows, count(*) AS loads
  FROM table_loads GROUP BY ALL;
"""
FIGURES = {
    "rows: {}": "SELECT status || ' ' || trigger, count(*) FROM r GROUP BY 1",
    "truth of failures, %: {}": """SELECT truth, round(100 * count(*) / sum(count(*)) OVER (), 2)
        FROM r WHERE truth IS NOT NULL GROUP BY 1""",
    "scheduled rows a date, {}": """SELECT freq || ' ' || (CASE WHEN games > 0 THEN 'games ' ELSE 'off ' END) || status,
        round(count(*) / count(DISTINCT data_date), 2) FROM r WHERE trigger = 'schedule' GROUP BY 1""",
    "full runs' median seconds, {}": """SELECT freq, round(median(duration_seconds), 1) FROM r
        WHERE status = 'success' AND records_processed > 0 AND trigger = 'schedule' GROUP BY 1""",
    "full runs' p95/median, {}": """SELECT freq, round(avg(ratio), 2) FROM (SELECT freq, name,
        quantile_cont(duration_seconds, .95) / median(duration_seconds) AS ratio FROM r
        WHERE status = 'success' AND records_processed > 0 AND trigger = 'schedule' GROUP BY ALL) GROUP BY 1""",
    "lag, seconds: {}": """SELECT unnest(['median', 'p99', 'p99.9', 'max', 'share over a minute, %']), unnest([
        median(lag), quantile_cont(lag, .99), quantile_cont(lag, .999), max(lag), round(100 * avg((lag > 60)::INT), 2)])
        FROM (SELECT date_diff('second', completed_at, inserted_at) AS lag FROM r)""",
    "loads a date with loads, {}": """SELECT freq, round(avg(loads), 2)
        FROM final JOIN p ON tab = table_name GROUP BY 1""",
    "final rows / typical, {}": """SELECT freq || ' ' || what, round(value, 3) FROM (SELECT freq,
        unnest(['min', 'mean', 'max']) AS what, unnest([min(share), avg(share), max(share)]) AS value
        FROM (SELECT freq, rows / (typical * coalesce(games, 1)) AS share FROM final JOIN p ON tab = table_name
        LEFT JOIN (SELECT game_date, count(*) AS games FROM game_schedule GROUP BY 1)
        ON game_date = data_date AND per_game)
        GROUP BY 1)""",
    "raw files, {}": """SELECT CASE WHEN size_bytes < 200 THEN 'empty' ELSE 'full' END, count(*)
        FROM raw_files GROUP BY 1""",
    "polls a day, {}": """SELECT processor_name, round(count(*) / count(DISTINCT started_at::DATE)) FROM r
        WHERE trigger = 'poll' AND NOT monday GROUP BY 1""",
    "polls that succeed, %: {}": """SELECT processor_name, round(100 * avg((status = 'success')::INT), 2) FROM r
        WHERE trigger = 'poll' GROUP BY 1""",
    "Monday hours 00-03 UTC, {}": """SELECT unnest(['rows min', 'rows max', 'retries median', 'real failures median']),
        unnest([min(n), max(n), median(retries), median(real)]) FROM (SELECT date_trunc('hour', started_at),
        count(*) AS n, count(*) FILTER (trigger = 'retry') AS retries,
        count(*) FILTER (truth <> 'no_data_available') AS real
        FROM r WHERE monday GROUP BY 1)""",
    "background: {}": """SELECT 'scheduled processing errors, % of scheduled rows of quiet processors',
        round(100 * avg((truth = 'processing_error')::INT), 2) FROM r WHERE trigger = 'schedule' AND phase >= 3""",
    "categories: {}": """SELECT 'processors without any, of those failing', count(*) FROM (SELECT processor_name FROM r
        WHERE status = 'failed' AND started_at > '2026-02-10 06:00' GROUP BY 1 HAVING count(failure_category) = 0)""",
}  # fmt: skip


def summary(folder: Path) -> dict[str, object]:
    """Every figure of a world by its name."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        for table in ("runs", "table_loads", "raw_files", "game_schedule", "truth_categories"):
            rows = connection.read_parquet(str(folder / f"{table}.parquet"))
            if table == "truth_categories":
                rows = rows.project("run_id, true_category")
            rows.create_view(table)
        registry = yaml.safe_load((folder / "registry.yaml").read_text(encoding="utf-8"))["processors"]
        connection.execute("CREATE TABLE p (name TEXT, freq TEXT, tab TEXT, typical DOUBLE, per_game BOOLEAN)")
        for one in registry:
            expected = one["expected_records"]
            connection.execute(
                "INSERT INTO p VALUES (?, ?, ?, ?, ?)",
                [
                    one["name"],
                    one["expected_frequency"],
                    one["bigquery_table"],
                    expected["typical"],
                    expected["per_game"],
                ],
            )
        connection.execute(VIEWS)
        found: dict[str, object] = {}
        for title, query in FIGURES.items():
            for name, value in sorted(connection.execute(query).fetchall()):
                found[title.format(name)] = value
        return found


def main() -> None:
    """Print one line a figure, one column a world."""
    folders = [Path(name) for name in sys.argv[1:]]
    columns = [summary(folder) for folder in folders]
    print(f"{'':72s}", *(f"{folder.name:>12s}" for folder in folders))
    for name in dict.fromkeys(name for column in columns for name in column):
        print(f"{name:72s}", *(f"{column.get(name, '-')!s:>12s}" for column in columns))


if __name__ == "__main__":
    main()
