-- Duration sketches of succeeded runs started in [@since, @until): whole days from the daily sketch, the broken days at the
-- edges from the hourly one. Each row is one processor's sketch: its buckets in ascending order and the runs in each; the
-- quantile q lies in the bucket that holds the run of rank ceil(q n), counted from 1.
WITH pieces AS (
  SELECT phase, processor_name, bucket, runs
  FROM daily_sketches WHERE metric = 'duration' AND start_day >= @whole_from AND start_day < @whole_until
  UNION ALL
  SELECT phase, processor_name, bucket, runs
  FROM hourly_sketches
  WHERE metric = 'duration' AND start_hour >= @since AND start_hour < @until
    AND (start_hour < @head_until OR start_hour >= @tail_since)
)
SELECT p.phase AS phase, sketches.processor_name,
  ARRAY_AGG(sketches.bucket ORDER BY sketches.bucket) AS buckets, ARRAY_AGG(sketches.runs ORDER BY sketches.bucket) AS runs
FROM (
  SELECT phase, processor_name, bucket, CAST(SUM(runs) AS INT64) AS runs FROM pieces GROUP BY 1, 2, 3
) AS sketches
LEFT JOIN processors AS p ON p.processor_name = sketches.processor_name
GROUP BY 1, 2
