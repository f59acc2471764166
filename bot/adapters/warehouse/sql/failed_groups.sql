-- Failed runs that may be real, by processor, data date and start hour, with all that classification looks at and the hour
-- in which a run for the same date last succeeded. What is recorded as no data, and is not masked, is left out.
SELECT c.processor_name, c.data_date, c.start_hour, c.recorded, c.hinted, c.input, e.expected, e.filled,
  COALESCE(e.judged_at <= @as_of, FALSE) AS judged, s.succeeded_at, CAST(SUM(c.runs) AS INT64) AS runs
FROM hourly_counts AS c
LEFT JOIN evidence AS e ON e.processor_name = c.processor_name AND e.data_date = c.data_date
  AND e.valid_from <= @known_at AND e.valid_until > @known_at
LEFT JOIN (
  SELECT processor_name, data_date, MAX(start_hour) AS succeeded_at
  FROM hourly_counts WHERE status = 'success' AND start_hour >= @since AND start_hour < @until
  GROUP BY processor_name, data_date
) AS s ON s.processor_name = c.processor_name AND s.data_date = c.data_date
WHERE c.status = 'failed' AND c.start_hour >= @since AND c.start_hour < @until
  AND (c.recorded <> 'no_data_available' OR (e.expected AND NOT e.filled AND e.judged_at <= @as_of))
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
