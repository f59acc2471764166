-- The hours to be counted again, and the dates that the runs in them are about: the staged ones, and those that were counted before.
SELECT MIN(s.start_hour) AS first_hour, MAX(s.start_hour) AS last_hour, COUNT(DISTINCT s.start_hour) AS hours,
  LEAST(MIN(s.data_date), COALESCE(MIN(c.first_date), MIN(s.data_date))) AS first_date,
  GREATEST(MAX(s.data_date), COALESCE(MAX(c.last_date), MAX(s.data_date))) AS last_date
FROM stage_hours AS s LEFT JOIN (
  SELECT start_hour, MIN(data_date) AS first_date, MAX(data_date) AS last_date FROM hourly_counts
  WHERE start_hour >= (SELECT MIN(start_hour) FROM stage_hours) GROUP BY start_hour
) AS c ON c.start_hour = s.start_hour
