-- Which kinds of evidence were ever loaded.
SELECT EXISTS (SELECT 1 FROM table_loads) AS has_loads, EXISTS (SELECT 1 FROM raw_files) AS has_files,
  EXISTS (SELECT 1 FROM game_schedule) AS has_games
