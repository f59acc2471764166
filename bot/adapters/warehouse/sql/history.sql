-- What the warehouse holds; cheap at any size: counted from the roll-up.
SELECT CAST(COALESCE(SUM(runs), 0) AS INT64) AS runs, MIN(start_day) AS first_day,
  (SELECT MAX(known_until) FROM loaded_files) AS known_until, (SELECT MAX(data_date) FROM slots) AS calendar_until,
  (SELECT MAX(start_hour) FROM hourly_counts) AS last_start, MIN(data_date) AS first_date
FROM daily_counts
