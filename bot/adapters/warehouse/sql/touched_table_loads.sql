-- What the staged rows are about.
SELECT DISTINCT table_name, data_date FROM stage_table_loads
