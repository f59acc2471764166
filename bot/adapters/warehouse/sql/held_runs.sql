-- How many rows of the staged runs are there already; how many of them say "running" with another start than the staged row
-- that says how the run ended (or the other way round); how many have the same start in another precision; and how many ended
-- otherwise at the same moment.
SELECT COUNTIF(c.started_at = s.started_at) AS held,
  COUNTIF(c.started_at <> s.started_at AND (c.status = 'running' OR s.status = 'running')) AS moved,
  COUNTIF(({same_cut:coarse=c,fine=s}) OR ({same_cut:coarse=s,fine=c})) AS recut,
  COUNTIF(c.started_at = s.started_at AND c.inserted_at = s.inserted_at AND c.status <> s.status) AS otherwise
FROM runs AS c JOIN stage_versions AS s
  ON c.run_id = s.run_id AND c.processor_name = s.processor_name AND c.data_date = s.data_date
WHERE c.data_date BETWEEN @first_date AND @last_date
  AND c.started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 DAY) AND TIMESTAMP_ADD(@last_start, INTERVAL 1 DAY)
