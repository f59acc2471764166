-- Dates of which nothing but runs tells whether their data is there, and of which the staged runs may tell it; where rows have a
-- gap or cannot be used, any. Corrections may take it back; runs that are @appended only add to it.
SELECT DISTINCT v.processor_name, v.data_date FROM stage_versions AS v
JOIN evidence AS e ON e.processor_name = v.processor_name AND e.data_date = v.data_date
WHERE (NOT e.traced AND (
    NOT @appended
    OR (v.status = 'success' AND v.records_processed > 0 AND e.filled IS NULL AND v.inserted_at < e.valid_until)
    OR (e.filled = FALSE AND COALESCE(v.`trigger`, '') NOT IN ('poll', 'backfill') AND v.started_at < e.valid_until)
    OR (e.filled IS NULL AND v.status = 'failed' AND COALESCE(v.`trigger`, '') NOT IN ('poll', 'backfill')
      AND v.inserted_at < e.valid_until)
    OR (e.filled = FALSE AND v.status = 'success' AND v.inserted_at < e.valid_until)))
  OR ((EXISTS (SELECT 1 FROM wide_gaps AS g WHERE g.evident_at IS NOT NULL) OR EXISTS (SELECT 1 FROM unclear_rows AS u))
    AND (NOT @appended OR (v.status = 'success' AND COALESCE(v.records_processed > 0, TRUE))))
