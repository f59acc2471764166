SELECT MIN(data_date) AS first_date, MAX(data_date) AS last_date FROM table_loads
UNION ALL SELECT MIN(data_date) AS first_date, MAX(data_date) AS last_date FROM raw_files
UNION ALL SELECT MIN(game_date) AS first_date, MAX(game_date) AS last_date FROM game_schedule
UNION ALL SELECT DATE(MIN(start_hour)) AS first_date, DATE(MAX(start_hour)) AS last_date FROM hourly_counts
