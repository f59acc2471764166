SELECT MIN(started_at) AS first_start, MAX(started_at) AS last_start FROM stage_versions
