-- When the newest run of the schedule had failed by itself (`failing`), and when no more: for dates of which no table may tell; of all where
-- rows have a gap or cannot be used. Of two versions of a run that became known at one moment, the one that is kept counts.
WITH versions AS (
  SELECT processor_name, data_date, run_id, started_at, inserted_at, status, recorded, hinted, 1 AS is_current FROM runs
  WHERE COALESCE(`trigger`, '') NOT IN ('poll', 'backfill') AND status <> 'running' AND data_date BETWEEN @first_date AND @last_date
  UNION ALL
  SELECT processor_name, data_date, run_id, started_at, inserted_at, status, recorded, hinted, 0 AS is_current FROM superseded_runs
  WHERE COALESCE(`trigger`, '') NOT IN ('poll', 'backfill') AND status <> 'running' AND data_date BETWEEN @first_date AND @last_date
), told AS (
  SELECT v.processor_name, v.data_date, v.run_id, v.started_at, v.inserted_at, v.is_current, v.status = 'failed'
    AND (CASE WHEN v.recorded IN ('', 'unknown') THEN v.hinted ELSE v.recorded END) NOT IN ('no_data_available', 'upstream_failure') AS failing
  FROM versions AS v
  JOIN processors AS p ON p.processor_name = v.processor_name
  LEFT JOIN sights AS t ON t.kind = 'table' AND t.name = p.table_name
  WHERE (NOT p.file_is_output AND (t.since IS NULL OR v.data_date < DATE(t.since) OR v.inserted_at < t.since))
    OR EXISTS (SELECT 1 FROM wide_gaps AS g WHERE g.evident_at IS NOT NULL) OR EXISTS (SELECT 1 FROM unclear_rows AS u)
), ill AS (
  SELECT DISTINCT processor_name, data_date FROM told WHERE failing
), leading AS (
  SELECT t.processor_name, t.data_date, t.run_id, t.started_at, t.inserted_at, t.is_current, t.failing,
    t.started_at >= MAX(t.started_at) OVER (PARTITION BY t.processor_name, t.data_date
      ORDER BY t.inserted_at, t.started_at, t.run_id, t.is_current, t.failing ROWS UNBOUNDED PRECEDING) AS is_newest
  FROM told AS t JOIN ill AS i ON i.processor_name = t.processor_name AND i.data_date = t.data_date
), changed AS (
  SELECT processor_name, data_date, inserted_at, started_at, run_id, is_current, failing, LAG(failing) OVER (PARTITION BY processor_name, data_date
    ORDER BY inserted_at, started_at, run_id, is_current, failing) AS before
  FROM leading WHERE is_newest
)
SELECT processor_name, data_date, inserted_at AS moment, failing FROM changed
WHERE failing <> COALESCE(before, FALSE) ORDER BY processor_name, data_date, inserted_at, started_at, run_id, is_current, failing
