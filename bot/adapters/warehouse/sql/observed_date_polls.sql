-- Polls that found nothing, by processor and data date, as known at @as_of: how many, the newest, the newest that says so itself.
SELECT processor_name, data_date, COUNT(*) AS polls, MAX(started_at) AS newest,
  MAX(CASE WHEN recorded = 'no_data_available' THEN started_at END) AS newest_recorded
FROM runs
WHERE data_date BETWEEN @first_date AND @last_date AND inserted_at <= @as_of
  AND (@names = '' OR STRPOS(@names, CONCAT(',', processor_name, ',')) > 0)
  AND COALESCE(`trigger`, '') = 'poll' AND status = 'failed'
  AND (CASE WHEN recorded IN ('', 'unknown') THEN hinted ELSE recorded END) = 'no_data_available'
GROUP BY processor_name, data_date
