"""Ten monitoring questions on the raw table, as people ask them, and the two of them that health does not answer."""

# ruff: noqa: S608 (our own texts put together)

_KNOWN = """CASE WHEN failure_category IS NOT NULL AND failure_category <> 'unknown' THEN failure_category
  WHEN error_message LIKE 'NoData%' THEN 'no_data_available' WHEN error_message LIKE 'Upstream%' THEN 'upstream_failure'
  WHEN error_message LIKE 'Validation%' THEN 'validation_failed' WHEN error_message LIKE 'Timeout%' THEN 'timeout'
  ELSE 'processing_error' END"""
_WINDOW = "started_at >= $since AND started_at < $until"
_REAL = f"status = 'failed' AND {_KNOWN} <> 'no_data_available'"

COUNTS = f"SELECT processor_name, status, count(*) FROM runs WHERE {_WINDOW} GROUP BY ALL"
QUANTILES = f"""SELECT processor_name, quantile_disc(duration_seconds, [0.5, 0.95, 0.99]) FROM runs
  WHERE {_WINDOW} AND status = 'success' GROUP BY ALL"""

EXACT = f"""SELECT processor_name, list_transform([0.5, 0.95, 0.99],
  lambda q: list_sort(list(duration_seconds))[CAST(ceil(q * count(*)) AS BIGINT)]) FROM runs
  WHERE {_WINDOW} AND status = 'success' GROUP BY ALL"""
"""Quantiles by nearest rank."""

RAW = {
    "counts by phase, processor, status and category": f"""
  SELECT phase, processor_name, status, CASE WHEN status = 'failed' THEN {_KNOWN} END AS category, count(*) FROM runs
  WHERE {_WINDOW} GROUP BY ALL""",
    "success rate by phase": f"""
  SELECT phase, count(*) FILTER (status = 'success') / count(*) FILTER (status = 'success' OR {_REAL}) FROM runs
  WHERE {_WINDOW} GROUP BY ALL""",
    "real failures by processor": f"SELECT processor_name, count(*) FROM runs WHERE {_WINDOW} AND {_REAL} GROUP BY ALL",
    "p50, p95 and p99 of duration by processor": QUANTILES,
    "failures by hour of the week": f"""
  SELECT isodow(started_at), hour(started_at), count(*) FROM runs WHERE {_WINDOW} AND status = 'failed' GROUP BY ALL""",
    "zero-record runs on game days": f"""
  SELECT processor_name, count(*) FROM runs WHERE {_WINDOW} AND status = 'success' AND records_processed = 0
  AND data_date IN (SELECT game_date FROM game_schedule) GROUP BY ALL""",
    "noise by category": f"SELECT {_KNOWN}, count(*) FROM runs WHERE {_WINDOW} AND status = 'failed' GROUP BY ALL",
    "trend against the 30 days before": f"""
  SELECT processor_name, started_at >= $since AS recent,
  quantile_disc(duration_seconds, 0.95) FILTER (status = 'success'), count(*) FILTER ({_REAL}) / count(*) FROM runs
  WHERE started_at >= $baseline_since AND started_at < $until GROUP BY ALL""",
    "slowest processors": f"""
  SELECT processor_name, quantile_disc(duration_seconds, 0.95) AS p95, max(duration_seconds) FROM runs
  WHERE {_WINDOW} AND status = 'success' GROUP BY ALL ORDER BY p95 DESC LIMIT 10""",
    "last success of each processor": """
  SELECT processor_name, max(started_at) FROM runs WHERE started_at < $until AND status = 'success' GROUP BY ALL""",
}

ROLLED_UP = {
    "failures by hour of the week": """
  SELECT isodow(start_hour), hour(start_hour), sum(runs) FROM hourly_counts
  WHERE start_hour >= $since AND start_hour < $until AND status = 'failed' GROUP BY ALL""",
    "last success of each processor": """
  SELECT processor_name, max(start_hour) FROM hourly_counts
  WHERE start_hour < $until AND status = 'success' GROUP BY ALL""",
}
"""To the hour, from the hourly counts; the other eight are answered by health."""

FLOORS = {
    "SELECT 1": "SELECT 1",
    "scan of the counts": "SELECT sum(runs) FROM hourly_counts",
    "scan of the raw columns": f"""
  SELECT max(processor_name), max(phase), max(data_date), max(status), max(failure_category), max(records_processed),
  max(duration_seconds) FROM runs WHERE {_WINDOW}""",
}
