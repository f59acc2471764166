SELECT MIN(data_date) AS first_day, MAX(data_date) AS last_day FROM stage_versions
