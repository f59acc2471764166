-- Dates that were settled within the window: on how many data was due, how many of these have it, not just a part, and of how
-- many nobody can tell; and on how many nobody can tell whether data was due. The evidence is that of @as_of.
SELECT processor_name, COUNTIF(COALESCE(expected, FALSE)) AS due,
  COUNTIF(COALESCE(expected, FALSE) AND COALESCE(filled, FALSE) AND NOT partial) AS filled,
  COUNTIF(COALESCE(expected, FALSE) AND filled IS NULL) AS unknown,
  COUNTIF(due_unknown AND NOT COALESCE(filled, FALSE)) AS undecided
FROM evidence
WHERE (expected OR due_unknown) AND settled_at > @since AND settled_at <= @as_of AND valid_from <= @as_of AND valid_until > @as_of
  AND data_date BETWEEN @first_date AND @last_date
GROUP BY processor_name
