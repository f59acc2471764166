SELECT MIN(start_hour) AS first_hour, MAX(start_hour) AS last_hour, COUNT(*) AS hours FROM stage_hours
