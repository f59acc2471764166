-- Every run as it was known at @as_of: its current row, or the last of the rows that corrections have replaced since.
SELECT run_id, processor_name, phase, data_date, started_at, status, recorded, hinted, records_processed,
  duration_seconds
FROM runs WHERE data_date BETWEEN @first_date AND @last_date AND inserted_at <= @as_of AND started_at >= @since AND started_at < @until
UNION ALL
SELECT run_id, processor_name, phase, data_date, started_at, status, recorded, hinted, records_processed,
  duration_seconds
FROM (
  SELECT s.*, ROW_NUMBER() OVER (
    PARTITION BY s.processor_name, s.run_id, s.data_date, s.started_at
    ORDER BY s.inserted_at DESC, {version:row=s} DESC) AS recency
  FROM superseded_runs AS s
  WHERE s.data_date BETWEEN @first_date AND @last_date AND s.inserted_at <= @as_of AND s.started_at >= @since AND s.started_at < @until
    AND NOT EXISTS (SELECT 1 FROM runs AS c WHERE c.data_date BETWEEN @first_date AND @last_date AND {same_run:a=c,b=s} AND c.inserted_at <= @as_of)
) AS replaced WHERE recency = 1
