-- A row without an id of its own is one of the run of the same processor, data date and start that has an id; of several
-- the one with the smallest. A start in another precision is the same: of two rows without ids the coarser takes the finer's.
CREATE OR REPLACE TABLE stage_named AS
SELECT processor_name, data_date, started_at, run_id FROM (
  SELECT n.processor_name, n.data_date, n.started_at, k.run_id, ROW_NUMBER() OVER (
    PARTITION BY n.processor_name, n.data_date, n.started_at
    ORDER BY CASE WHEN {nameless:row=k} THEN 1 ELSE 0 END, CASE WHEN k.started_at = n.started_at THEN 0 ELSE 1 END,
      k.started_at, k.run_id) AS choice
  FROM (
    SELECT run_id, processor_name, data_date, started_at FROM stage_versions AS v
    UNION DISTINCT
    SELECT run_id, processor_name, data_date, started_at FROM runs AS c
    WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 SECOND) AND TIMESTAMP_ADD(@last_start, INTERVAL 1 SECOND)
  ) AS k JOIN (
    SELECT processor_name, data_date, started_at FROM stage_versions AS v WHERE {nameless:row=v}
    UNION DISTINCT
    SELECT processor_name, data_date, started_at FROM runs AS c
    WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 SECOND) AND TIMESTAMP_ADD(@last_start, INTERVAL 1 SECOND)
      AND {nameless:row=c}
  ) AS n ON n.processor_name = k.processor_name AND n.data_date = k.data_date
    AND TIMESTAMP_TRUNC(n.started_at, SECOND) = TIMESTAMP_TRUNC(k.started_at, SECOND)
  WHERE (NOT ({nameless:row=k}) AND (n.started_at = k.started_at OR ({same_cut:coarse=k,fine=n})))
    OR ({same_cut:coarse=n,fine=k})
) AS c WHERE choice = 1
