-- Dates on which data was due and that were settled within the window: how many have their data, not just a part, and of
-- how many nobody can tell. The evidence is that of @as_of.
SELECT processor_name, COUNT(*) AS due, COUNTIF(COALESCE(filled, FALSE) AND NOT partial) AS filled, COUNTIF(filled IS NULL) AS unknown
FROM evidence
WHERE expected AND settled_at > @since AND settled_at <= @as_of AND valid_from <= @as_of AND valid_until > @as_of
  AND data_date BETWEEN @first_date AND @last_date
GROUP BY processor_name
