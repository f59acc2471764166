-- Runs started in [@since, @until), grouped by everything that classification looks at, from the roll-up: whole days from
-- the daily counts, the broken days at the edges from the hourly ones.
SELECT
  c.processor_name, c.phase, c.status, c.recorded, c.hinted, c.input, c.zero_records,
  e.expected, e.filled, COALESCE(e.judged_at <= @as_of, FALSE) AS judged, CAST(SUM(c.runs) AS INT64) AS runs
FROM (
  SELECT processor_name, phase, data_date, status, recorded, hinted, input, zero_records, runs
  FROM daily_counts WHERE start_day >= @whole_from AND start_day < @whole_until
  UNION ALL
  SELECT processor_name, phase, data_date, status, recorded, hinted, input, zero_records, runs
  FROM hourly_counts
  WHERE (start_hour >= @since AND start_hour < @head_until) OR (start_hour >= @tail_since AND start_hour < @until)
) AS c
LEFT JOIN evidence AS e ON e.processor_name = c.processor_name AND e.data_date = c.data_date
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
