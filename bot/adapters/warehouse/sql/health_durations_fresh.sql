-- The same for the last hours of a window, from the hourly sketches alone; a bucket comes once for each hour.
SELECT p.phase AS phase, s.processor_name,
  ARRAY_AGG(s.bucket ORDER BY s.bucket) AS buckets, ARRAY_AGG(s.runs ORDER BY s.bucket) AS runs
FROM hourly_sketches AS s
LEFT JOIN processors AS p ON p.processor_name = s.processor_name
WHERE s.metric = 'duration' AND s.start_hour >= @since AND s.start_hour < @until
GROUP BY 1, 2
