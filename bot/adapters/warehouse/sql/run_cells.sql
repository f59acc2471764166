-- One row per run with everything the roll-up counts by.
SELECT
  r.run_id, r.processor_name, r.phase, r.data_date, r.started_at, TIMESTAMP_TRUNC(r.started_at, HOUR) AS start_hour,
  r.status, r.recorded,
  CASE
    WHEN r.status = 'failed' AND r.recorded = '' AND r.duration_seconds >= e.timeout_seconds
      THEN 'timeout'
    ELSE r.hinted
  END AS hinted,
  CASE
    WHEN r.status <> 'failed' OR r.recorded NOT IN ('', 'no_data_available') THEN ''
    WHEN COALESCE(e.input_kind, 'none') = 'none' THEN ''
    WHEN e.input_ready_at <= r.started_at AND e.emptied_at > r.started_at THEN 'used'
    WHEN e.input_ready_at <= r.started_at THEN 'ready'
    ELSE 'absent'
  END AS input,
  r.status = 'success' AND r.records_processed IS NOT NULL AND r.records_processed = 0 AS zero_records,
  r.duration_seconds, r.records_processed
FROM {runs} AS r
LEFT JOIN {evidence} AS e ON e.processor_name = r.processor_name AND e.data_date = r.data_date AND {when}
