CONCAT(
  CASE {row}.status WHEN 'running' THEN '0' ELSE '1' END, '|',
  COALESCE(CAST(UNIX_MICROS({row}.completed_at) AS STRING), ''), '|', CASE {row}.status WHEN 'failed' THEN '1' ELSE '0' END, {row}.status, '|',
  COALESCE(CAST({row}.records_processed AS STRING), ''), '|',
  COALESCE(CAST(CAST(ROUND(LEAST({row}.duration_seconds, 1e12) * 1e6) AS INT64) AS STRING), ''), '|',
  CAST({row}.data_date AS STRING), '|', COALESCE(CAST(UNIX_MICROS({row}.last_heartbeat_at) AS STRING), ''), '|',
  COALESCE({row}.failure_category, ''), '|', COALESCE({row}.error_message, ''), '|', {row}.processor_name, '|',
  COALESCE(CAST({row}.phase AS STRING), ''), '|', COALESCE(CAST({row}.attempt AS STRING), ''), '|',
  COALESCE({row}.`trigger`, ''))
