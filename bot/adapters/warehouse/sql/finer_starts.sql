-- A start may be exported again in another precision. One that is another start of the same processor, run_id and data date
-- cut to seconds or milliseconds is that start.
CREATE OR REPLACE TABLE stage_starts AS
SELECT processor_name, run_id, data_date, started_at FROM stage_versions
UNION DISTINCT
SELECT processor_name, run_id, data_date, started_at FROM runs AS c
WHERE c.data_date BETWEEN @first_date AND @last_date
  AND c.started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 DAY) AND TIMESTAMP_ADD(@last_start, INTERVAL 1 DAY)
  AND EXISTS (
    SELECT 1 FROM stage_versions AS v
    WHERE v.processor_name = c.processor_name AND v.run_id = c.run_id AND v.data_date = c.data_date);

CREATE OR REPLACE TABLE stage_finer AS
SELECT o.processor_name, o.run_id, o.data_date, o.started_at, MIN(f.started_at) AS real_start
FROM stage_starts AS o JOIN stage_starts AS f
  ON f.processor_name = o.processor_name AND f.run_id = o.run_id AND f.data_date = o.data_date
WHERE {same_cut:coarse=o,fine=f}
GROUP BY o.processor_name, o.run_id, o.data_date, o.started_at;

CREATE OR REPLACE TABLE stage_moved AS
SELECT o.processor_name, o.run_id, o.data_date, o.started_at, COALESCE(f.real_start, o.real_start) AS real_start,
  CAST(NULL AS STRING) AS told_by
FROM stage_finer AS o LEFT JOIN stage_finer AS f
  ON f.processor_name = o.processor_name AND f.run_id = o.run_id AND f.data_date = o.data_date
  AND f.started_at = o.real_start
