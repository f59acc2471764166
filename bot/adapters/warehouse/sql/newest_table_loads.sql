SELECT MAX(loaded_at) AS newest FROM stage_table_loads
