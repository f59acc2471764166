SELECT MIN(start_hour) AS first_hour, MAX(start_hour) AS last_hour FROM stage_hours
