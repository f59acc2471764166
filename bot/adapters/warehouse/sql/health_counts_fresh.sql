-- The same for the last hours of a window: from the hourly counts alone.
WITH pieces AS (
  SELECT processor_name, phase, data_date, status, recorded, hinted, input, zero_records, runs
  FROM hourly_counts WHERE start_hour >= @since AND start_hour < @until
)
{live_counts}
