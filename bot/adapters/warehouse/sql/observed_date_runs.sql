-- Every version of every run for the data dates @first_date to @last_date that had started by @as_of.
SELECT run_id, processor_name, data_date, started_at, completed_at, status, recorded, hinted, records_processed,
  duration_seconds, attempt, `trigger`, last_heartbeat_at, inserted_at
FROM runs WHERE data_date BETWEEN @first_date AND @last_date AND started_at <= @as_of
UNION ALL
SELECT run_id, processor_name, data_date, started_at, completed_at, status, recorded, hinted, records_processed,
  duration_seconds, attempt, `trigger`, last_heartbeat_at, inserted_at
FROM superseded_runs WHERE data_date BETWEEN @first_date AND @last_date AND started_at <= @as_of
