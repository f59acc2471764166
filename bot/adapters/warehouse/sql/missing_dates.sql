-- Dates on which data was due, that were settled within the window, and whose data is not there, or only a part, by what was known at @as_of.
SELECT processor_name, data_date, settled_at, partial FROM evidence
WHERE expected AND (NOT filled OR partial) AND settled_at > @since AND settled_at <= @as_of AND valid_from <= @as_of
  AND valid_until > @as_of AND data_date BETWEEN @first_date AND @last_date
ORDER BY data_date, processor_name
