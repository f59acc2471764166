-- Ids that name several of the staged runs: how many, in how many rows, and the first of them.
SELECT COUNT(*) AS ids, COALESCE(SUM(given), 0) AS rows_given, MIN(run_id) AS first_id FROM (
  SELECT run_id, COUNT(*) AS given FROM stage_versions AS v
  WHERE NOT ({nameless:row=v}) AND status <> 'running'
  GROUP BY run_id
  HAVING COUNT(DISTINCT CONCAT(processor_name, '|', CAST(data_date AS STRING), '|', CAST(started_at AS STRING))) > 1
)
