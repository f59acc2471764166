-- Runs by day, whole days in [@whole_from, @whole_until), grouped by everything that classification looks at.
SELECT
  c.start_day, c.processor_name, c.phase, c.status, c.recorded, c.hinted, c.input, c.zero_records,
  e.expected, e.filled, COALESCE(e.judged_at <= @as_of, FALSE) AS judged, CAST(SUM(c.runs) AS INT64) AS runs
FROM daily_counts AS c
LEFT JOIN evidence AS e ON e.processor_name = c.processor_name AND e.data_date = c.data_date
  AND e.valid_from <= @known_at AND e.valid_until > @known_at
WHERE c.start_day >= @whole_from AND c.start_day < @whole_until AND c.status IN ('success', 'failed')
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
ORDER BY c.start_day
