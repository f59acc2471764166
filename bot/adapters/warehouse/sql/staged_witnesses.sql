-- The first of the spans without any row of a kind that the staged runs may show to be a gap, or show earlier than what is known.
SELECT MIN(g.first_at) AS first_at FROM stage_versions AS v
JOIN processors AS p ON p.processor_name = v.processor_name
CROSS JOIN wide_gaps AS g
WHERE v.status = 'success' AND COALESCE(v.records_processed > 0, TRUE) AND COALESCE(v.`trigger`, '') NOT IN ('poll', 'backfill')
  AND CASE WHEN g.kind = 'table' THEN p.table_name IS NOT NULL ELSE p.source IS NOT NULL END
  AND v.started_at >= g.first_at
  AND (g.until_at IS NULL OR v.inserted_at <= g.until_at) AND (g.evident_at IS NULL OR v.inserted_at < g.evident_at)
