"""Run history, tables, raw files and calendar of the history agree as they would in the real world."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import url2pathname

import yaml

from sandbox.tests.pipeline.bench import query

TABLES = """WITH tables AS (SELECT table_name, data_date, last(row_count ORDER BY loaded_at) AS n
            FROM @table_loads GROUP BY ALL) """


def _registry(directory: Path) -> dict[str, dict[str, Any]]:
    entries = yaml.safe_load((directory / "registry.yaml").read_text(encoding="utf-8"))["processors"]
    return {entry["name"]: entry for entry in entries}


def test_every_success_with_records_has_its_load(month: Path) -> None:
    loads = {(table, when) for table, when in query(month, "SELECT table_name, loaded_at FROM @table_loads")}
    registry = _registry(month)
    successes = query(
        month,
        """SELECT processor_name, completed_at FROM @runs
           WHERE status = 'success' AND records_processed > 0 AND phase >= 2""",
    )
    missing = [row for row in successes if (registry[str(row[0])]["bigquery_table"], row[1]) not in loads]
    assert missing == []
    assert len(successes) > 5000


def test_no_post_game_row_before_a_game_is_over(month: Path) -> None:
    late = [
        e["bigquery_table"]
        for e in _registry(month).values()
        if e["phase"] == 2 and e["expected_records"]["per_game"] and max(e["schedule_hours_et"]) > 24
    ]
    names = ", ".join(f"'{table}'" for table in late)
    early = query(
        month,
        f"""SELECT table_name, data_date, loaded_at FROM @table_loads WHERE table_name IN ({names}) AND row_count > 0
            AND loaded_at < (SELECT min(final_utc) FROM @game_schedule WHERE game_date = data_date)""",  # noqa: S608
    )
    assert early == []


def test_no_rows_for_dates_without_games(month: Path) -> None:
    per_game = [
        e["bigquery_table"]
        for e in _registry(month).values()
        if e.get("kind") != "scraper" and e["expected_records"]["per_game"]
    ]
    names = ", ".join(f"'{table}'" for table in per_game)
    found = query(
        month,
        f"""SELECT table_name, data_date FROM @table_loads WHERE table_name IN ({names})
            AND data_date NOT IN (SELECT game_date FROM @game_schedule)""",  # noqa: S608
    )
    assert found == []


def test_sourced_rows_follow_their_raw_file(month: Path) -> None:
    for entry in _registry(month).values():
        if entry.get("source") and entry.get("bigquery_table"):
            orphans = query(
                month,
                f"""SELECT data_date, loaded_at FROM @table_loads AS l WHERE table_name = '{entry["bigquery_table"]}'
                    AND row_count > 0 AND NOT EXISTS (SELECT 1 FROM @raw_files AS r WHERE
                    r.source = '{entry["source"]}' AND r.data_date = l.data_date AND r.size_bytes >= 200
                    AND r.created_at <= l.loaded_at)""",  # noqa: S608
            )
            assert orphans == [], entry["name"]


def test_gaps_are_the_ones_left_on_purpose(month: Path) -> None:
    """On game days of the last three weeks every post-game table is full, but for three planted losses."""
    empty = []
    for entry in _registry(month).values():
        if entry.get("kind") == "scraper" or entry.get("sporadic") or not entry["expected_records"]["per_game"]:
            continue
        typical = entry["expected_records"]["typical"]
        empty += query(
            month,
            f"""{TABLES} SELECT '{entry["name"]}', game_date, coalesce(max(n), 0) FROM @game_schedule
            LEFT JOIN tables ON table_name = '{entry["bigquery_table"]}' AND data_date = game_date
            WHERE game_date BETWEEN '2026-02-26' AND '2026-03-16' GROUP BY game_date
            HAVING coalesce(max(n), 0) < 0.9 * {typical} * count(*)""",  # noqa: S608
        )
    kinds = sorted("partial" if rows else "empty" for _, _, rows in empty)
    assert kinds == ["empty", "empty", "partial"], empty


def test_failures_for_lack_of_data_name_no_games_only_without_games(month: Path) -> None:
    [(wrong,)] = query(
        month,
        """SELECT count(*) FROM @runs WHERE regexp_matches(error_message, '(?i)no games (scheduled|found)')
           AND data_date IN (SELECT game_date FROM @game_schedule)""",
    )
    assert wrong == 0


def test_calendar_looks_fourteen_days_ahead(month: Path) -> None:
    [(last, early, late, least, most)] = query(
        month,
        """SELECT max(game_date)::VARCHAR, count(*) FILTER (final_utc IS NULL AND start_utc < '2026-03-18 19:00'),
           count(*) FILTER (final_utc > '2026-03-18 22:07'), min(n), max(n) FROM (SELECT *, count(*) OVER (PARTITION BY
           game_date) AS n FROM @game_schedule)""",
    )
    assert last == "2026-04-01"
    assert (early, late) == (0, 0)
    assert isinstance(least, int)
    assert isinstance(most, int)
    assert least >= 4
    assert most <= 12
    [(off,)] = query(
        month,
        """SELECT count(*) FROM generate_series(DATE '2026-02-17', DATE '2026-03-17', INTERVAL 1 DAY) AS d(day)
           WHERE day NOT IN (SELECT game_date FROM @game_schedule)""",
    )
    assert isinstance(off, int)
    assert 5 <= off <= 9


def test_recent_raw_files_are_real(month: Path) -> None:
    paths = [str(path) for (path,) in query(month, "SELECT path FROM @raw_files WHERE path LIKE 'file://%'")]
    assert len(paths) > 50
    for path in paths:
        body = json.loads(Path(url2pathname(urlparse(path).path)).read_text(encoding="utf-8"))
        assert body == [] or body["games"] is not None


def test_columns_are_those_of_the_data_directory(month: Path) -> None:
    columns = query(month, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM @runs)")
    assert columns[:5] == [
        ("run_id", "VARCHAR"),
        ("processor_name", "VARCHAR"),
        ("phase", "BIGINT"),
        ("data_date", "DATE"),
        ("started_at", "TIMESTAMP"),
    ]
    [(duplicates, future, wrong)] = query(
        month,
        """SELECT count(*) - count(DISTINCT run_id), count(*) FILTER (inserted_at > '2026-03-18 22:07:00'
           OR inserted_at < completed_at), count(*) FILTER (status NOT IN ('success', 'failed', 'skipped'))
           FROM @runs""",
    )
    assert (duplicates, future, wrong) == (0, 0, 0)


def test_planned_windows_are_announced_first(month: Path) -> None:
    windows = query(month, "SELECT kind, announced_at < start_at AND start_at < end_at FROM @planned_windows")
    assert sorted(windows) == [("backfill", True), ("maintenance", True)]
