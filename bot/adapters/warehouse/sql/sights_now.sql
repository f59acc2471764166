-- The first row of each table and source; whether a calendar was ever loaded; the first data per game after its last date.
SELECT 'table' AS kind, table_name AS name, MIN(loaded_at) AS since FROM table_loads GROUP BY table_name
UNION ALL
SELECT 'source' AS kind, source AS name, MIN(created_at) AS since FROM raw_files GROUP BY source
UNION ALL
SELECT 'calendar' AS kind, 'loaded' AS name, TIMESTAMP '1970-01-01 00:00:00' AS since
FROM (SELECT 1 AS one) AS o
WHERE @calendar OR EXISTS (SELECT 1 FROM game_schedule) OR EXISTS (
  SELECT 1 FROM loaded_files WHERE name LIKE 'game_schedule.%')
UNION ALL
SELECT 'calendar' AS kind, 'ended' AS name, MIN(came.moment) AS since
FROM (
  SELECT p.processor_name, l.data_date, l.loaded_at AS moment
  FROM table_loads AS l JOIN processors AS p ON p.table_name = l.table_name
  WHERE l.row_count > 0 AND p.expects = 'per_game'
  UNION ALL
  SELECT p.processor_name, f.data_date, f.created_at AS moment
  FROM raw_files AS f JOIN processors AS p ON p.source = f.source
  WHERE COALESCE(f.size_bytes, @smallest_file) >= @smallest_file AND p.expects = 'per_game' AND p.file_is_output
) AS came
WHERE came.data_date > COALESCE((SELECT MAX(game_date) FROM game_schedule), DATE '0001-01-01')
HAVING MIN(came.moment) IS NOT NULL
