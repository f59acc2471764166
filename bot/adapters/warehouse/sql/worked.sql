-- While runs were known to have succeeded, and whether they said that they brought records: for dates of which no table, or not its rows about them, may tell it; of all where rows have a gap
-- or cannot be used.
SELECT b.processor_name, b.data_date, b.records, b.since, b.until FROM (
  SELECT processor_name, data_date, COALESCE(records_processed > 0, FALSE) AS records, MIN(inserted_at) AS since,
    CAST(NULL AS TIMESTAMP) AS until
  FROM runs
  WHERE status = 'success' AND data_date BETWEEN @first_date AND @last_date
  GROUP BY processor_name, data_date, records
  UNION ALL
  SELECT s.processor_name, s.data_date, COALESCE(s.records_processed > 0, FALSE) AS records, s.inserted_at AS since,
    MIN(n.inserted_at) AS until
  FROM superseded_runs AS s
  JOIN (
    SELECT processor_name, run_id, data_date, started_at, inserted_at FROM runs WHERE data_date BETWEEN @first_date AND @last_date
    UNION ALL
    SELECT processor_name, run_id, data_date, started_at, inserted_at FROM superseded_runs WHERE data_date BETWEEN @first_date AND @last_date
  ) AS n ON {same_run:a=n,b=s} AND n.inserted_at > s.inserted_at
  WHERE s.status = 'success' AND s.data_date BETWEEN @first_date AND @last_date
  GROUP BY s.processor_name, s.data_date, s.run_id, s.started_at, s.inserted_at, s.records_processed
) AS b
JOIN processors AS p ON p.processor_name = b.processor_name
LEFT JOIN sights AS t ON t.kind = 'table' AND t.name = p.table_name
WHERE (NOT p.file_is_output AND (t.since IS NULL OR b.data_date < DATE(t.since) OR b.since < t.since))
  OR EXISTS (SELECT 1 FROM wide_gaps AS g WHERE g.evident_at IS NOT NULL) OR EXISTS (SELECT 1 FROM unclear_rows AS u)
