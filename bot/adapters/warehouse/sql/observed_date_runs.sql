-- Every version of every run for the data dates @first_date to @last_date that had started by @as_of, polls that found nothing
-- left out. @names: only of these processors, each between commas; empty: of all.
SELECT run_id, processor_name, data_date, started_at, completed_at, status, recorded, hinted, records_processed,
  duration_seconds, attempt, `trigger`, last_heartbeat_at, inserted_at,
  CASE WHEN status <> 'failed' THEN NULL WHEN LENGTH(error_message) <= 600 THEN error_message
    ELSE CONCAT(SUBSTR(error_message, 1, 300), CHR(10), SUBSTR(error_message, LENGTH(error_message) - 299)) END,
  TRUE AS is_current
FROM runs
WHERE data_date BETWEEN @first_date AND @last_date AND started_at <= @as_of
  AND (@names = '' OR STRPOS(@names, CONCAT(',', processor_name, ',')) > 0)
  AND (COALESCE(`trigger`, '') <> 'poll' OR status <> 'failed'
    OR (CASE WHEN recorded IN ('', 'unknown') THEN hinted ELSE recorded END) <> 'no_data_available')
UNION ALL
SELECT run_id, processor_name, data_date, started_at, completed_at, status, recorded, hinted, records_processed,
  duration_seconds, attempt, `trigger`, last_heartbeat_at, inserted_at,
  CASE WHEN status <> 'failed' THEN NULL WHEN LENGTH(error_message) <= 600 THEN error_message
    ELSE CONCAT(SUBSTR(error_message, 1, 300), CHR(10), SUBSTR(error_message, LENGTH(error_message) - 299)) END,
  FALSE AS is_current
FROM superseded_runs
WHERE data_date BETWEEN @first_date AND @last_date AND started_at <= @as_of
  AND (@names = '' OR STRPOS(@names, CONCAT(',', processor_name, ',')) > 0)
  AND (COALESCE(`trigger`, '') <> 'poll' OR status <> 'failed'
    OR (CASE WHEN recorded IN ('', 'unknown') THEN hinted ELSE recorded END) <> 'no_data_available')
