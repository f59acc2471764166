-- Give the rows of stage_named their ids: those that are stored are taken out, and come in again as versions.
CREATE OR REPLACE TABLE stage_versions_named AS
SELECT COALESCE(m.run_id, v.run_id) AS run_id, v.processor_name, v.phase, v.data_date, v.started_at, v.completed_at,
  v.status, v.records_processed, v.duration_seconds, v.failure_category, v.error_message, v.attempt, v.`trigger`,
  v.last_heartbeat_at, v.inserted_at, v.recorded, v.hinted
FROM (
  SELECT {run_columns} FROM stage_versions
  UNION ALL
  SELECT {run_columns} FROM runs AS c
  WHERE c.data_date BETWEEN @first_date AND @last_date AND {nameless:row=c} AND EXISTS (SELECT 1 FROM stage_named AS m WHERE {same_start:a=m,b=c})
  UNION ALL
  SELECT {run_columns} FROM superseded_runs AS c
  WHERE c.data_date BETWEEN @first_date AND @last_date AND {nameless:row=c} AND EXISTS (SELECT 1 FROM stage_named AS m WHERE {same_start:a=m,b=c})
) AS v LEFT JOIN stage_named AS m ON {same_start:a=m,b=v} AND {nameless:row=v};

DELETE FROM runs AS c
WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 SECOND) AND TIMESTAMP_ADD(@last_start, INTERVAL 1 SECOND) AND {nameless:row=c}
  AND EXISTS (SELECT 1 FROM stage_named AS m WHERE {same_start:a=m,b=c});

DELETE FROM superseded_runs AS c
WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 SECOND) AND TIMESTAMP_ADD(@last_start, INTERVAL 1 SECOND) AND {nameless:row=c}
  AND EXISTS (SELECT 1 FROM stage_named AS m WHERE {same_start:a=m,b=c});

CREATE OR REPLACE TABLE stage_versions AS SELECT * FROM stage_versions_named
