-- On how many hours of the week each processor has runs that began in [@since, @until).
SELECT processor_name, COUNT(DISTINCT MOD(TIMESTAMP_DIFF(start_hour, @since, HOUR), 168)) AS hours
FROM hourly_counts WHERE start_hour >= @since AND start_hour < @until
GROUP BY processor_name
