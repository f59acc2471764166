-- When runs that may have brought some were first known, within each gap and after it, by what they should have shown and date. Of
-- a date without any within it, those after it tell nothing.
WITH {claiming_runs}, told AS (
  SELECT g.kind, g.first_at, g.until_at, CASE WHEN g.kind = 'table' THEN w.table_name ELSE w.source END AS owner, w.data_date, w.inserted_at
  FROM wide_gaps AS g JOIN worked AS w ON w.inserted_at > g.first_at
  WHERE g.evident_at IS NOT NULL
)
SELECT kind, owner, data_date,
  MIN(CASE WHEN COALESCE(inserted_at < until_at, TRUE) THEN inserted_at END) AS within_at,
  MIN(CASE WHEN inserted_at >= until_at THEN inserted_at END) AS after_at
FROM told
WHERE owner IS NOT NULL
GROUP BY kind, owner, data_date, first_at
HAVING MIN(CASE WHEN COALESCE(inserted_at < until_at, TRUE) THEN inserted_at END) IS NOT NULL
