-- A row that says "running" may have been written before the run's real start was known. It is a version of the first run
-- of the same processor, run_id and data date that ended and began no earlier, within a day: it takes that start.
CREATE OR REPLACE TABLE stage_moved AS
SELECT o.processor_name, o.run_id, o.data_date, o.started_at, MIN(e.started_at) AS real_start,
  'running' AS told_by
FROM (
  SELECT processor_name, run_id, data_date, started_at FROM stage_versions WHERE status = 'running'
  UNION DISTINCT
  SELECT processor_name, run_id, data_date, started_at FROM runs
  WHERE status = 'running' AND data_date BETWEEN @first_date AND @last_date
    AND started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 DAY) AND @last_start
  UNION DISTINCT
  SELECT processor_name, run_id, data_date, started_at FROM superseded_runs
  WHERE status = 'running' AND data_date BETWEEN @first_date AND @last_date
    AND started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 DAY) AND @last_start
) AS o JOIN (
  SELECT processor_name, run_id, data_date, started_at FROM stage_versions WHERE status <> 'running'
  UNION DISTINCT
  SELECT processor_name, run_id, data_date, started_at FROM runs
  WHERE status <> 'running' AND data_date BETWEEN @first_date AND @last_date
    AND started_at BETWEEN @first_start AND TIMESTAMP_ADD(@last_start, INTERVAL 1 DAY)
) AS e ON e.processor_name = o.processor_name AND e.run_id = o.run_id AND e.data_date = o.data_date
WHERE e.started_at >= o.started_at AND e.started_at < TIMESTAMP_ADD(o.started_at, INTERVAL 1 DAY)
GROUP BY o.processor_name, o.run_id, o.data_date, o.started_at
HAVING MIN(e.started_at) > o.started_at
