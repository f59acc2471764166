-- Dates on which data was due and whose judgement fell into the window, and how many of them have their data.
SELECT processor_name, COUNT(*) AS due, COUNTIF(COALESCE(filled, FALSE)) AS filled
FROM evidence
WHERE expected AND judged_at > @since AND judged_at <= @as_of AND data_date BETWEEN @first_date AND @last_date
GROUP BY processor_name
