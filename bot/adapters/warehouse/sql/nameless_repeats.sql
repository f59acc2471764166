-- Staged runs without a run_id of their own that a run with one equals by processor, data date and start.
SELECT COUNT(*) AS repeats
FROM stage_versions AS s
WHERE s.run_id LIKE 'row-%' AND EXISTS (
  SELECT 1 FROM runs AS c
  WHERE c.processor_name = s.processor_name AND c.data_date = s.data_date AND c.started_at = s.started_at
    AND c.run_id NOT LIKE 'row-%')
