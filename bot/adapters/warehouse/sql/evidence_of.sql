-- The evidence of one processor, date by date, as it was known at @as_of: the answers, and what they rest on.
SELECT e.processor_name, e.data_date, e.judged_at, e.settled_at, g.games, COALESCE(g.games_final, 0) AS games_final,
  e.expected, f.first_file_at, COALESCE(f.empty_file, FALSE) AS empty_file,
  CASE WHEN e.traced THEN l.row_count END AS row_count, e.filled, e.partial, e.input_kind,
  e.input_ready_at, e.emptied_at
FROM evidence AS e
JOIN processors AS p ON p.processor_name = e.processor_name
LEFT JOIN (
  SELECT game_date, COUNT(*) AS games, SUM(CASE WHEN final_utc <= @as_of THEN 1 ELSE 0 END) AS games_final
  FROM game_schedule GROUP BY game_date
) AS g ON g.game_date = e.data_date
LEFT JOIN (
  SELECT source, data_date,
    MIN(CASE WHEN COALESCE(size_bytes, @smallest_file) >= @smallest_file THEN created_at END) AS first_file_at,
    MAX(CASE WHEN size_bytes < @smallest_file THEN 1 ELSE 0 END) = 1 AS empty_file
  FROM raw_files WHERE created_at <= @as_of GROUP BY source, data_date
) AS f ON f.source = p.source AND f.data_date = e.data_date
LEFT JOIN (
  SELECT table_name, data_date, row_count FROM (
    SELECT table_name, data_date, row_count,
      ROW_NUMBER() OVER (PARTITION BY table_name, data_date ORDER BY loaded_at DESC, row_count DESC) AS recency
    FROM table_loads WHERE loaded_at <= @as_of
  ) AS ranked WHERE recency = 1
) AS l ON l.table_name = p.table_name AND l.data_date = e.data_date
WHERE e.processor_name = @processor AND e.data_date BETWEEN @first_date AND @last_date
  AND e.valid_from <= @as_of AND e.valid_until > @as_of
ORDER BY e.data_date
