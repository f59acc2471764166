-- The runs of a table of (start_hour, first_run, runs). Failures: nearly all "no data" at pollers; successes: log-normal
-- durations, one in a hundred close to its time limit; failed for time: at the limit.
WITH numbered AS (
  SELECT start_hour, first_run + k AS i,
    start_hour + to_microseconds(CAST((k + chance(first_run + k, 0)) / runs * 3.6e9 AS BIGINT)) AS started_at
  FROM (SELECT *, unnest(range(runs)) AS k FROM {hours})
), drawn AS (
  SELECT n.i, n.started_at, s.*, chance(n.i, 2) < s.failed AS fails, chance(n.i, 3) AS why,
    sqrt(-2 * ln(chance(n.i, 4) + 1e-12)) * cos(2 * pi() * chance(n.i, 5)) AS normal, chance(n.i, 6) AS other,
    CAST(n.started_at - INTERVAL 5 HOUR AS DATE)
      - CASE WHEN chance(n.i, 7) < 0.002 THEN 1 + CAST(chance(n.i, 8) * 15 AS INTEGER) WHEN polling THEN CAST(i % 2 AS INTEGER) ELSE 1 END
      AS data_date
  FROM numbered AS n JOIN bench_slots AS s ON s.slot = CAST(floor(chance(n.i, 1) * 100000) AS INTEGER)
), judged AS (
  SELECT *, CASE
      WHEN NOT fails THEN CASE WHEN other < 0.02 THEN 'skipped' ELSE 'success' END
      WHEN why < CASE WHEN polling THEN 0.975 ELSE 0.4 END THEN 'no_data_available'
      WHEN why < 0.983 THEN 'upstream_failure'
      WHEN why < 0.988 THEN 'validation_failed'
      WHEN why < 0.994 THEN 'timeout'
      ELSE 'processing_error'
    END AS outcome
  FROM drawn
), ended AS (
  SELECT *, CASE
      WHEN outcome = 'timeout' THEN timeout_s
      WHEN fails OR outcome = 'skipped' THEN 0.5 + 2 * other
      WHEN other > 0.99 THEN timeout_s * (0.9 + 0.1 * other)
      ELSE least(median_s * exp(0.5 * normal), 0.5 * timeout_s)
    END AS seconds,
    CASE WHEN fails AND data_date >= DATE '{categories_since}' AND chance(i, 9) > 0.02 THEN outcome
      WHEN fails AND data_date >= DATE '{categories_since}' THEN 'unknown' END AS category
  FROM judged
)
SELECT
  'run-' || lpad(CAST(i AS VARCHAR), 10, '0') AS run_id, processor_name, phase, data_date, started_at,
  started_at + to_microseconds(CAST(seconds * 1e6 AS BIGINT)) AS completed_at,
  CASE WHEN fails THEN 'failed' ELSE outcome END AS status,
  CASE WHEN outcome = 'success' AND why > 0.03 THEN CAST(60 + 300 * why AS BIGINT) ELSE 0 END AS records_processed,
  seconds AS duration_seconds, category AS failure_category,
  CASE outcome
    WHEN 'no_data_available' THEN 'NoDataAvailableError: nothing to process for ' || CAST(data_date AS VARCHAR)
    WHEN 'upstream_failure' THEN 'UpstreamDependencyError: input table is empty for ' || CAST(data_date AS VARCHAR)
    WHEN 'validation_failed' THEN 'ValidationError: rows outside the expected range'
    WHEN 'timeout' THEN 'TimeoutError: ran past its limit'
    WHEN 'processing_error' THEN 'KeyError: player_id'
  END AS error_message,
  1 AS attempt, CASE WHEN polling THEN 'poll' ELSE 'schedule' END AS "trigger",
  started_at + to_microseconds(CAST(seconds * 1e6 AS BIGINT)) AS last_heartbeat_at,
  started_at + to_microseconds(least(
    CAST(seconds * 1e6 AS BIGINT) + 5000000,
    CASE WHEN started_at < TIMESTAMP '{end}' THEN epoch_us(TIMESTAMP '{end}') - epoch_us(started_at) ELSE 36000000000 END))
    AS inserted_at,
  CASE WHEN category = 'unknown' THEN '' ELSE coalesce(category, '') END AS recorded,
  CASE WHEN fails AND coalesce(category, 'unknown') = 'unknown' THEN outcome ELSE '' END AS hinted
FROM ended
