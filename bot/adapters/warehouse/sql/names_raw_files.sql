SELECT DISTINCT source AS name FROM stage_raw_files
