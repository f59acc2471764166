-- Bring stage_versions into runs: the latest version of each run is current, the others are kept as superseded.
-- A run is told by processor, run_id, data date and start, so its older versions lie in the span of the staged starts and dates.
CREATE OR REPLACE TABLE stage_runs AS
SELECT * FROM (
  SELECT v.*, ROW_NUMBER() OVER (
    PARTITION BY v.processor_name, v.run_id, v.data_date, v.started_at
    ORDER BY v.inserted_at DESC, {version:row=v} DESC) AS recency
  FROM stage_versions AS v
) AS ranked;

CREATE OR REPLACE TABLE stage_current AS
SELECT c.* FROM runs AS c
WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN @first_start AND @last_start
  AND EXISTS (SELECT 1 FROM stage_runs AS s WHERE {same_run:a=s,b=c});

CREATE OR REPLACE TABLE stage_replaced AS
SELECT c.* FROM stage_current AS c
JOIN stage_runs AS s ON {same_run:a=s,b=c} AND s.recency = 1
WHERE s.inserted_at > c.inserted_at OR (s.inserted_at = c.inserted_at AND {version:row=s} > {version:row=c});

CREATE OR REPLACE TABLE stage_kept AS
SELECT c.* FROM stage_current AS c
LEFT JOIN stage_replaced AS r ON {same_run:a=r,b=c}
WHERE r.run_id IS NULL;

CREATE OR REPLACE TABLE stage_added AS
SELECT s.* FROM stage_runs AS s
LEFT JOIN stage_kept AS k ON {same_run:a=k,b=s}
WHERE s.recency = 1 AND k.run_id IS NULL;

INSERT INTO superseded_runs ({run_columns})
SELECT {run_columns} FROM (
  SELECT {run_columns} FROM stage_replaced
  UNION DISTINCT
  SELECT s.run_id, s.processor_name, s.phase, s.data_date, s.started_at, s.completed_at, s.status, s.records_processed,
    s.duration_seconds, s.failure_category, s.error_message, s.attempt, s.`trigger`, s.last_heartbeat_at, s.inserted_at,
    s.recorded, s.hinted
  FROM stage_runs AS s LEFT JOIN stage_added AS a ON {same_run:a=a,b=s} AND s.recency = 1
  WHERE a.run_id IS NULL
) AS o
WHERE NOT EXISTS (
  SELECT 1 FROM superseded_runs AS k
  WHERE k.data_date BETWEEN @first_date AND @last_date AND {same_run:a=k,b=o} AND k.inserted_at = o.inserted_at AND {version:row=k} = {version:row=o})
AND NOT EXISTS (
  SELECT 1 FROM stage_kept AS k
  WHERE {same_run:a=k,b=o} AND k.inserted_at = o.inserted_at AND {version:row=k} = {version:row=o})
AND NOT EXISTS (
  SELECT 1 FROM stage_added AS k
  WHERE {same_run:a=k,b=o} AND k.inserted_at = o.inserted_at AND {version:row=k} = {version:row=o});

DELETE FROM runs AS c
WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN @first_start AND @last_start
  AND EXISTS (SELECT 1 FROM stage_replaced AS r WHERE {same_run:a=r,b=c});

INSERT INTO runs ({run_columns}) SELECT {run_columns} FROM stage_added;

CREATE OR REPLACE TABLE stage_hours AS
SELECT TIMESTAMP_TRUNC(started_at, HOUR) AS start_hour, data_date FROM stage_added
UNION DISTINCT
SELECT TIMESTAMP_TRUNC(started_at, HOUR) AS start_hour, data_date FROM stage_replaced
