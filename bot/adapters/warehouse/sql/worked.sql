-- While runs were known to have succeeded, and whether they said that they brought records: for dates of which no table, or not its rows about them, may tell it; of all where rows have a gap
-- or cannot be used. Of two versions of a run that became known at one moment, the one that is kept counts.
WITH versions AS (
  SELECT {run_columns}, is_current FROM (
    SELECT {run_columns}, 1 AS is_current FROM runs WHERE data_date BETWEEN @first_date AND @last_date
    UNION ALL
    SELECT {run_columns}, 0 AS is_current FROM superseded_runs WHERE data_date BETWEEN @first_date AND @last_date
  ) AS r
  WHERE EXISTS (SELECT 1 FROM superseded_runs AS s WHERE {same_run:a=s,b=r} AND s.status = 'success'
    AND s.data_date BETWEEN @first_date AND @last_date)
), ranked AS (
  SELECT v.*, ROW_NUMBER() OVER (PARTITION BY v.processor_name, v.run_id, v.data_date, v.started_at, v.inserted_at
    ORDER BY v.is_current DESC, {version:row=v} DESC) AS place
  FROM versions AS v
), followed AS (
  SELECT k.processor_name, k.data_date, k.status, k.records_processed, k.inserted_at, k.is_current,
    LEAD(k.inserted_at) OVER (PARTITION BY k.processor_name, k.run_id, k.data_date, k.started_at ORDER BY k.inserted_at) AS until
  FROM ranked AS k WHERE k.place = 1
), worked AS (
  SELECT processor_name, data_date, COALESCE(records_processed > 0, FALSE) AS records, MIN(inserted_at) AS since, CAST(NULL AS TIMESTAMP) AS until
  FROM runs
  WHERE status = 'success' AND data_date BETWEEN @first_date AND @last_date
  GROUP BY processor_name, data_date, records
  UNION ALL
  SELECT processor_name, data_date, COALESCE(records_processed > 0, FALSE) AS records, inserted_at AS since, until
  FROM followed WHERE status = 'success' AND is_current = 0
)
SELECT b.processor_name, b.data_date, b.records, b.since, b.until
FROM worked AS b
JOIN processors AS p ON p.processor_name = b.processor_name
LEFT JOIN sights AS t ON t.kind = 'table' AND t.name = p.table_name
WHERE (NOT p.file_is_output AND (t.since IS NULL OR b.data_date < DATE(t.since) OR b.since < t.since))
  OR EXISTS (SELECT 1 FROM wide_gaps AS g WHERE g.evident_at IS NOT NULL) OR EXISTS (SELECT 1 FROM unclear_rows AS u)
