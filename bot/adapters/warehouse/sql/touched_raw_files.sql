-- What the staged rows are about.
SELECT DISTINCT source, data_date FROM stage_raw_files
