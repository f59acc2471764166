-- How many of the staged runs end in two ways at one moment, in the staged rows or in a stored one, and the first of them.
SELECT COUNT(*) AS runs, MIN(named) AS first_named FROM (
  SELECT CONCAT(processor_name, ' of ', CAST(data_date AS STRING)) AS named FROM (
    SELECT {told_end:row=v} FROM stage_versions AS v
    UNION ALL
    SELECT {told_end:row=c} FROM runs AS c
    WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN @first_start AND @last_start
      AND EXISTS (SELECT 1 FROM stage_versions AS s WHERE {same_run:a=s,b=c})
  ) AS r
  WHERE status <> 'running'
  GROUP BY processor_name, run_id, data_date, started_at, inserted_at, completed_at
  HAVING COUNT(DISTINCT status) > 1
) AS found
