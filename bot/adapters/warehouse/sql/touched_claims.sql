-- What runs should have shown that became known after @since and may have brought some: which table or source, and the dates.
SELECT DISTINCT owner, data_date FROM (
  SELECT CASE WHEN @kind = 'table' THEN p.table_name ELSE p.source END AS owner, v.data_date FROM (
    SELECT processor_name, data_date, inserted_at FROM runs
    WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) AND data_date BETWEEN @first_date AND @last_date
    UNION ALL
    SELECT processor_name, data_date, inserted_at FROM superseded_runs
    WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) AND data_date BETWEEN @first_date AND @last_date
  ) AS v JOIN processors AS p ON p.processor_name = v.processor_name
  WHERE v.inserted_at > @since
) AS claimed
WHERE owner IS NOT NULL
