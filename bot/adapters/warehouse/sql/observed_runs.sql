-- Every version of a run that became known after @since, and runs that had started by @until without being known yet.
SELECT run_id, processor_name, data_date, started_at, completed_at, status, recorded, hinted, records_processed,
  duration_seconds, attempt, `trigger`, last_heartbeat_at, inserted_at
FROM runs WHERE inserted_at > @since AND started_at <= @until
UNION ALL
SELECT run_id, processor_name, data_date, started_at, completed_at, status, recorded, hinted, records_processed,
  duration_seconds, attempt, `trigger`, last_heartbeat_at, inserted_at
FROM superseded_runs WHERE inserted_at > @since AND started_at <= @until
