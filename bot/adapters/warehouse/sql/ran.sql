-- When the first run of the schedule began for a date: for dates of which no table, or scraper's source, may tell; of all where rows have a
-- gap or cannot be used.
SELECT b.processor_name, b.data_date, MIN(b.started_at) AS began_at FROM (
  SELECT processor_name, data_date, started_at FROM runs
  WHERE COALESCE(`trigger`, '') NOT IN ('poll', 'backfill') AND data_date BETWEEN @first_date AND @last_date
  UNION ALL
  SELECT processor_name, data_date, started_at FROM superseded_runs
  WHERE COALESCE(`trigger`, '') NOT IN ('poll', 'backfill') AND data_date BETWEEN @first_date AND @last_date
) AS b
JOIN processors AS p ON p.processor_name = b.processor_name
LEFT JOIN sights AS t ON t.kind = CASE WHEN p.file_is_output THEN 'source' ELSE 'table' END
  AND t.name = CASE WHEN p.file_is_output THEN p.source ELSE p.table_name END
WHERE t.since IS NULL OR b.data_date < DATE(t.since) OR b.started_at < t.since
  OR EXISTS (SELECT 1 FROM wide_gaps AS g WHERE g.evident_at IS NOT NULL) OR EXISTS (SELECT 1 FROM unclear_rows AS u)
GROUP BY b.processor_name, b.data_date
