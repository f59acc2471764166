worked AS (
  SELECT p.table_name, p.source, v.data_date, v.inserted_at FROM (
    SELECT processor_name, data_date, inserted_at FROM runs
    WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) AND data_date BETWEEN @first_date AND @last_date
    UNION ALL
    SELECT processor_name, data_date, inserted_at FROM superseded_runs
    WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) AND data_date BETWEEN @first_date AND @last_date
  ) AS v JOIN processors AS p ON p.processor_name = v.processor_name
)
