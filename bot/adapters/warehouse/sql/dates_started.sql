-- The first and the last data date of the runs that began within a span of days.
SELECT MIN(data_date) AS first_date, MAX(data_date) AS last_date FROM daily_counts
WHERE start_day >= DATE(@since) AND start_day <= DATE(@until)
