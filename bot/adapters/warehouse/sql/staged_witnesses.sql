-- Staged runs that show a gap, or show it earlier than what is known.
SELECT COUNT(*) AS witnesses FROM stage_versions AS v
JOIN processors AS p ON p.processor_name = v.processor_name
CROSS JOIN wide_gaps AS g
WHERE v.status = 'success' AND v.records_processed > 0
  AND CASE WHEN g.kind = 'table' THEN p.table_name IS NOT NULL ELSE p.source IS NOT NULL END
  AND UNIX_MICROS(v.started_at) - UNIX_MICROS(g.first_at) >= @width
  AND (g.until_at IS NULL OR v.inserted_at <= g.until_at) AND (g.evident_at IS NULL OR v.inserted_at < g.evident_at)
