-- Sketches of duration and of records over all succeeded runs; runs without records say nothing of their range.
SELECT processor_name, metric, ARRAY_AGG(bucket ORDER BY bucket) AS buckets, ARRAY_AGG(runs ORDER BY bucket) AS runs
FROM (
  SELECT processor_name, metric, bucket, CAST(SUM(runs) AS INT64) AS runs
  FROM daily_sketches WHERE metric = 'duration' OR bucket > @zero_bucket GROUP BY 1, 2, 3
) AS sketches
GROUP BY 1, 2
