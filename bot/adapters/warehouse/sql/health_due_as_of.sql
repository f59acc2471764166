-- The same from what was known at @as_of.
WITH evidence_then AS (
  {evidence}
)
SELECT processor_name, COUNT(*) AS due, COUNTIF(COALESCE(filled, FALSE)) AS filled
FROM evidence_then
WHERE expected AND judged_at > @since AND judged_at <= @as_of
GROUP BY processor_name
