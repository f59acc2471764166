run_id, processor_name, phase, data_date, started_at, completed_at, status, records_processed, duration_seconds,
failure_category, error_message, attempt, `trigger`, last_heartbeat_at, inserted_at, recorded, hinted
