-- Dates on which data was due and that were settled within the window: whether each has its data, by what was known at @as_of, and
-- since when. `told` is 0 where nobody can tell.
SELECT processor_name, data_date,
  MAX(CASE WHEN valid_until > @as_of THEN settled_at END) AS settled_at,
  COUNTIF(valid_until > @as_of AND COALESCE(filled, FALSE) AND NOT partial) AS filled,
  COUNTIF(valid_until > @as_of AND filled IS NOT NULL) AS told,
  MIN(CASE WHEN COALESCE(filled, FALSE) AND NOT partial THEN valid_from END) AS filled_at
FROM evidence
WHERE expected AND valid_from <= @as_of AND data_date BETWEEN @first_date AND @last_date
GROUP BY processor_name, data_date
HAVING MAX(CASE WHEN valid_until > @as_of THEN settled_at END) > @since
  AND MAX(CASE WHEN valid_until > @as_of THEN settled_at END) <= @as_of
ORDER BY data_date, processor_name
