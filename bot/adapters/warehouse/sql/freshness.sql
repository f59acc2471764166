-- How each registered processor stands for one data date, with the newest load of its table and its newest run.
SELECT p.processor_name, e.expected, e.judged_at, e.filled, l.loaded_at, r.last_run
FROM processors AS p
LEFT JOIN (
  SELECT processor_name, expected, judged_at, filled FROM evidence WHERE data_date = @data_date
) AS e ON e.processor_name = p.processor_name
LEFT JOIN (
  SELECT table_name, MAX(loaded_at) AS loaded_at FROM table_loads WHERE row_count > 0 GROUP BY table_name
) AS l ON l.table_name = p.table_name
LEFT JOIN (
  SELECT processor_name, MAX(start_day) AS last_run FROM daily_counts GROUP BY processor_name
) AS r ON r.processor_name = p.processor_name
