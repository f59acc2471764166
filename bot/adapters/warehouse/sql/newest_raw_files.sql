SELECT MAX(created_at) AS newest FROM stage_raw_files
