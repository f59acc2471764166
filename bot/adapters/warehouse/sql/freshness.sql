-- How each registered processor stands for one data date at @as_of, with the newest load of its table and its newest run.
SELECT p.processor_name, e.expected, e.settled_at, e.filled,
  CASE WHEN gap.gaps = 0 THEN l.loaded_at END AS loaded_at, r.last_run, e.partial
FROM processors AS p
CROSS JOIN (
  SELECT COUNT(*) AS gaps FROM wide_gaps
  WHERE kind = 'table' AND evident_at <= @as_of AND (until_at IS NULL OR until_at > @as_of)
) AS gap
LEFT JOIN (
  SELECT processor_name, expected, settled_at, filled, partial FROM evidence
  WHERE data_date = @data_date AND valid_from <= @as_of AND valid_until > @as_of
) AS e ON e.processor_name = p.processor_name
LEFT JOIN (
  SELECT table_name, MAX(loaded_at) AS loaded_at FROM table_loads WHERE row_count > 0 GROUP BY table_name
) AS l ON l.table_name = p.table_name
LEFT JOIN (
  SELECT processor_name, MAX(start_day) AS last_run FROM daily_counts GROUP BY processor_name
) AS r ON r.processor_name = p.processor_name
