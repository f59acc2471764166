-- Processors of {runs} that have started, or started by their schedule, before what is known of them.
SELECT s.processor_name, s.first_start, s.first_scheduled
FROM (
  SELECT processor_name, MIN(started_at) AS first_start,
    MIN(CASE WHEN COALESCE(`trigger`, '') NOT IN ('poll', 'backfill') THEN started_at END) AS first_scheduled
  FROM {runs} GROUP BY processor_name
) AS s LEFT JOIN first_starts AS f ON f.processor_name = s.processor_name
WHERE f.processor_name IS NULL OR s.first_start < f.first_start
  OR s.first_scheduled < COALESCE(f.first_scheduled, TIMESTAMP '9999-12-31 00:00:00')
