-- Plain rows of a table that lies beside, in the columns of `runs`: what staging_runs makes of a file. No text rules yet.
SELECT
  COALESCE(run_id, CONCAT('row-', TO_HEX(MD5(CONCAT(processor_name, '|', CAST(data_date AS STRING), '|',
    FORMAT_TIMESTAMP('%Y-%m-%d %H:%M:%S', started_at),
    CASE WHEN MOD(UNIX_MICROS(started_at), 1000000) = 0 THEN ''
      ELSE CONCAT('.', RTRIM(LPAD(CAST(MOD(UNIX_MICROS(started_at), 1000000) AS STRING), 6, '0'), '0')) END,
    '|1'))))) AS run_id,
  processor_name, phase, data_date, started_at, completed_at, status, records_processed,
  COALESCE(duration_seconds, GREATEST(TIMESTAMP_DIFF(completed_at, started_at, MICROSECOND), 0) / 1e6) AS duration_seconds,
  failure_category, error_message, attempt, `trigger`, last_heartbeat_at,
  COALESCE(inserted_at, completed_at, started_at) AS inserted_at, {recorded} AS recorded, '' AS hinted
FROM (SELECT {values} FROM {given} WHERE {plain})
