-- The hours in which any run started.
SELECT DISTINCT start_hour FROM hourly_counts WHERE start_hour >= @since AND start_hour < @until ORDER BY start_hour
