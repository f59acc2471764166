-- The first run to show a gap: it started @since or later and brought records that should have left a row by then.
SELECT MIN(w.inserted_at) AS evident_at FROM (
  SELECT processor_name, inserted_at FROM runs
  WHERE status = 'success' AND records_processed > 0 AND started_at >= @since AND inserted_at <= @until
  UNION ALL
  SELECT processor_name, inserted_at FROM superseded_runs
  WHERE status = 'success' AND records_processed > 0 AND started_at >= @since AND inserted_at <= @until
) AS w
JOIN processors AS p ON p.processor_name = w.processor_name
WHERE CASE WHEN @kind = 'table' THEN p.table_name IS NOT NULL ELSE p.source IS NOT NULL END
