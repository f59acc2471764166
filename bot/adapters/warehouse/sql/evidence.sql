-- Evidence of each (processor, date) with a calendar entry, from what was known at @as_of. A kind of evidence that was never
-- loaded tells nothing: its absence must not be taken for an absent file, an empty table or a day without games.
SELECT
  s.processor_name, s.data_date, s.judged_at,
  g.games, COALESCE(g.games_final, 0) AS games_final,
  CASE p.expects
    WHEN 'never' THEN FALSE
    WHEN 'per_game' THEN CASE WHEN s.data_date < c.first_date OR c.first_date IS NULL THEN NULL ELSE COALESCE(g.games, 0) > 0 END
    WHEN 'per_slot' THEN CASE
      WHEN s.judged_at IS NULL THEN FALSE
      WHEN p.runs_on_no_game_days THEN TRUE
      WHEN s.data_date < c.first_date OR c.first_date IS NULL THEN NULL
      ELSE COALESCE(g.games, 0) > 0 END
  END AS expected,
  f.first_file_at, COALESCE(f.empty_file, FALSE) AS empty_file,
  l.row_count,
  CASE
    WHEN p.table_name IS NOT NULL THEN CASE WHEN held.loads > 0 THEN COALESCE(l.row_count, 0) > 0 END
    WHEN p.file_is_output THEN CASE WHEN held.files > 0 THEN f.first_file_at IS NOT NULL END
  END AS filled,
  CASE
    WHEN p.input_kind = 'file' AND held.files = 0 THEN 'none'
    WHEN p.input_kind = 'upstream' AND held.loads = 0 THEN 'none'
    ELSE p.input_kind
  END AS input_kind,
  CASE p.input_kind WHEN 'file' THEN f.first_file_at WHEN 'upstream' THEN u.ready_at END AS input_ready_at,
  p.timeout_seconds
FROM slots AS s
JOIN processors AS p ON p.processor_name = s.processor_name
CROSS JOIN (SELECT MIN(game_date) AS first_date FROM game_schedule) AS c
CROSS JOIN (
  SELECT (SELECT COUNT(*) FROM raw_files) AS files, (SELECT COUNT(*) FROM table_loads) AS loads
) AS held
LEFT JOIN (
  SELECT game_date, COUNT(*) AS games, SUM(CASE WHEN final_utc <= @as_of THEN 1 ELSE 0 END) AS games_final
  FROM game_schedule GROUP BY game_date
) AS g ON g.game_date = s.data_date
LEFT JOIN (
  SELECT source, data_date,
    MIN(CASE WHEN size_bytes >= @smallest_file THEN created_at END) AS first_file_at,
    MAX(CASE WHEN size_bytes < @smallest_file THEN 1 ELSE 0 END) = 1 AS empty_file
  FROM raw_files WHERE created_at <= @as_of GROUP BY source, data_date
) AS f ON f.source = p.source AND f.data_date = s.data_date
LEFT JOIN (
  SELECT table_name, data_date, row_count FROM (
    SELECT table_name, data_date, row_count,
      ROW_NUMBER() OVER (PARTITION BY table_name, data_date ORDER BY loaded_at DESC, row_count DESC) AS recency
    FROM table_loads WHERE loaded_at <= @as_of
  ) AS ranked WHERE recency = 1
) AS l ON l.table_name = p.table_name AND l.data_date = s.data_date
LEFT JOIN (
  SELECT w.processor_name, n.data_date, CASE WHEN COUNT(*) = MAX(w.wanted) THEN MAX(n.first_filled_at) END AS ready_at
  FROM (
    SELECT processor_name, table_name, COUNT(*) OVER (PARTITION BY processor_name) AS wanted FROM upstream_tables
  ) AS w
  JOIN (
    SELECT table_name, data_date, MIN(loaded_at) AS first_filled_at
    FROM table_loads WHERE loaded_at <= @as_of AND row_count > 0 GROUP BY table_name, data_date
  ) AS n ON n.table_name = w.table_name
  GROUP BY w.processor_name, n.data_date
) AS u ON u.processor_name = s.processor_name AND u.data_date = s.data_date
WHERE s.data_date BETWEEN @first_date AND @last_date
