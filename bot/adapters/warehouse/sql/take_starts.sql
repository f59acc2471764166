-- Rows whose run began at another moment take that start (stage_moved): those that are stored are taken out, and come in
-- again as versions.
CREATE OR REPLACE TABLE stage_versions_moved AS
SELECT v.run_id, v.processor_name, v.phase, v.data_date, COALESCE(m.real_start, v.started_at) AS started_at,
  CASE WHEN v.completed_at < m.real_start THEN m.real_start ELSE v.completed_at END AS completed_at, v.status,
  v.records_processed, v.duration_seconds, v.failure_category, v.error_message, v.attempt, v.`trigger`, v.last_heartbeat_at,
  v.inserted_at, v.recorded, v.hinted
FROM (
  SELECT {run_columns} FROM stage_versions
  UNION ALL
  SELECT {run_columns} FROM runs AS c
  WHERE c.data_date BETWEEN @first_date AND @last_date AND EXISTS (SELECT 1 FROM stage_moved AS m WHERE {same_run:a=m,b=c})
  UNION ALL
  SELECT {run_columns} FROM superseded_runs AS c
  WHERE c.data_date BETWEEN @first_date AND @last_date AND EXISTS (SELECT 1 FROM stage_moved AS m WHERE {same_run:a=m,b=c})
) AS v LEFT JOIN stage_moved AS m ON {same_run:a=m,b=v} AND COALESCE(m.told_by, v.status) = v.status;

DELETE FROM runs AS c
WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 DAY) AND @last_start
  AND EXISTS (SELECT 1 FROM stage_moved AS m WHERE {same_run:a=m,b=c});

DELETE FROM superseded_runs AS c
WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 DAY) AND @last_start
  AND EXISTS (SELECT 1 FROM stage_moved AS m WHERE {same_run:a=m,b=c});

CREATE OR REPLACE TABLE stage_versions AS SELECT * FROM stage_versions_moved
