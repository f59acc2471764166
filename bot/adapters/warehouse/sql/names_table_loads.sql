SELECT DISTINCT table_name AS name FROM stage_table_loads
