-- Failed runs by processor and start hour, whatever their cause.
SELECT c.processor_name, MAX(p.phase) AS phase, c.start_hour, CAST(SUM(c.runs) AS INT64) AS failed
FROM hourly_counts AS c LEFT JOIN processors AS p ON p.processor_name = c.processor_name
WHERE c.status = 'failed' AND c.start_hour >= @since AND c.start_hour < @until
GROUP BY c.processor_name, c.start_hour
