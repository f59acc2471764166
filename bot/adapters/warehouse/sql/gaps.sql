-- Spans without any row of a kind, although a run brought records meanwhile.
SELECT kind, first_at, until_at, evident_at FROM wide_gaps WHERE evident_at IS NOT NULL ORDER BY first_at
