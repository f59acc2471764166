-- The hour in which the first run of each (processor, data date) started, of the newest six weeks.
SELECT processor_name, data_date, MIN(start_hour) AS first_hour
FROM hourly_counts
WHERE start_hour >= (SELECT TIMESTAMP_SUB(MAX(start_hour), INTERVAL 1008 HOUR) FROM hourly_counts)
GROUP BY processor_name, data_date
