-- A row without an id of its own is one of the run of the same processor, data date and start that has an id; of several
-- the one with the smallest.
CREATE OR REPLACE TABLE stage_named AS
SELECT k.processor_name, k.data_date, k.started_at, MIN(k.run_id) AS run_id
FROM (
  SELECT run_id, processor_name, data_date, started_at FROM stage_versions AS v WHERE NOT ({nameless:row=v})
  UNION DISTINCT
  SELECT run_id, processor_name, data_date, started_at FROM runs AS c
  WHERE c.started_at BETWEEN @first_start AND @last_start AND NOT ({nameless:row=c})
) AS k JOIN (
  SELECT run_id, processor_name, data_date, started_at FROM stage_versions AS v WHERE {nameless:row=v}
  UNION DISTINCT
  SELECT run_id, processor_name, data_date, started_at FROM runs AS c
  WHERE c.started_at BETWEEN @first_start AND @last_start AND {nameless:row=c}
) AS n ON {same_start:a=n,b=k}
GROUP BY k.processor_name, k.data_date, k.started_at
