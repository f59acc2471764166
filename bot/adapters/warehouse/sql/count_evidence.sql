SELECT (SELECT COUNT(*) FROM table_loads) + (SELECT COUNT(*) FROM raw_files) + (SELECT COUNT(*) FROM game_schedule) + (SELECT COUNT(*) FROM planned_windows) AS held
