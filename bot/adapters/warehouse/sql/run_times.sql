-- How long runs took that began in [@since, @until), by what became of them: from the raw rows, as the roll-up times those alone
-- that succeeded. One that runs still, two days before @as_of or earlier, has never ended; it lasted until its last heartbeat.
SELECT processor_name, outcome, COUNT(*) AS runs, COUNT(seconds) AS timed, COALESCE(SUM(seconds), 0.0) AS seconds,
  COUNTIF(attempt IS NOT NULL OR `trigger` IS NOT NULL) AS told
FROM (
  SELECT r.processor_name, r.attempt, r.`trigger`,
    CASE
      WHEN r.status = 'running' THEN 'never ended'
      WHEN r.status = 'failed' AND r.recorded = 'timeout' THEN 'timed out'
      WHEN r.status = 'failed' AND r.recorded IN ('', 'unknown')
        AND (r.hinted = 'timeout' OR r.duration_seconds >= p.timeout_seconds) THEN 'timed out'
      WHEN r.attempt > 1 OR r.`trigger` = 'retry' THEN 'repeated'
      ELSE 'other'
    END AS outcome,
    CASE
      WHEN r.status = 'running' THEN TIMESTAMP_DIFF(r.last_heartbeat_at, r.started_at, SECOND) * 1.0
      ELSE r.duration_seconds
    END AS seconds
  FROM runs AS r LEFT JOIN processors AS p ON p.processor_name = r.processor_name
  WHERE r.started_at >= @since AND r.started_at < @until AND r.data_date BETWEEN @first_date AND @last_date
    AND (r.status <> 'running' OR r.started_at < TIMESTAMP_SUB(@as_of, INTERVAL 48 HOUR))
) AS timed_runs
GROUP BY processor_name, outcome
