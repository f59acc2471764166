-- Runs started in [@since, @until), grouped by everything that classification looks at, from the roll-up: whole days from
-- the daily counts, the broken days at the edges from the hourly ones.
WITH pieces AS (
  SELECT processor_name, phase, data_date, status, recorded, hinted, input, zero_records, runs
  FROM daily_counts WHERE start_day >= @whole_from AND start_day < @whole_until
  UNION ALL
  SELECT processor_name, phase, data_date, status, recorded, hinted, input, zero_records, runs
  FROM hourly_counts
  WHERE start_hour >= @since AND start_hour < @until AND (start_hour < @head_until OR start_hour >= @tail_since)
)
{live_counts}
