-- One sketch of durations and one of records a processor and day, whole days in [@whole_from, @whole_until).
SELECT s.start_day, s.metric, MAX(p.phase) AS phase, s.processor_name,
  ARRAY_AGG(s.bucket ORDER BY s.bucket) AS buckets, ARRAY_AGG(s.runs ORDER BY s.bucket) AS runs
FROM daily_sketches AS s LEFT JOIN processors AS p ON p.processor_name = s.processor_name
WHERE s.start_day >= @whole_from AND s.start_day < @whole_until
GROUP BY s.start_day, s.metric, s.processor_name
ORDER BY s.start_day
