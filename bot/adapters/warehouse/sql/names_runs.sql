SELECT DISTINCT processor_name AS name FROM stage_versions
