-- How many of the $runs runs start in each hour: busier in the evening, with the pile-up of Mondays 00:00 to 03:00 UTC.
CREATE OR REPLACE TEMP TABLE bench_hours AS
WITH weighted AS (
  SELECT $start + to_hours(step) AS start_hour,
    (1.2 + sin((step % 24) * pi() / 12)) * CASE WHEN isodow($start + to_hours(step)) = 1 AND hour($start + to_hours(step)) < 3 THEN 4 ELSE 1 END
      AS weight
  FROM (SELECT unnest(range($hours)) AS step)
), reached AS (
  SELECT start_hour, CAST(round($runs * sum(weight) OVER (ORDER BY start_hour) / sum(weight) OVER ()) AS BIGINT) AS until
  FROM weighted
)
SELECT start_hour, coalesce(lag(until) OVER (ORDER BY start_hour), 0) AS first_run,
  until - coalesce(lag(until) OVER (ORDER BY start_hour), 0) AS runs
FROM reached ORDER BY start_hour
