versions AS (
  SELECT processor_name, data_date, started_at, inserted_at, records_processed FROM runs
  WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) AND started_at >= @since
    AND data_date BETWEEN @first_date AND @last_date
    AND COALESCE(`trigger`, '') NOT IN ('poll', 'backfill')
  UNION ALL
  SELECT processor_name, data_date, started_at, inserted_at, records_processed FROM superseded_runs
  WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) AND started_at >= @since
    AND data_date BETWEEN @first_date AND @last_date
    AND COALESCE(`trigger`, '') NOT IN ('poll', 'backfill')
), usual AS (
  SELECT l.owner, SUM(l.loads) >= @share * SUM(r.runs) AS shows FROM (
    SELECT table_name AS owner, data_date, COUNT(*) AS loads FROM table_loads GROUP BY table_name, data_date
  ) AS l
  JOIN (
    SELECT p.table_name AS owner, w.data_date, SUM(w.runs) AS runs FROM worked AS w
    JOIN processors AS p ON p.processor_name = w.processor_name GROUP BY p.table_name, w.data_date
  ) AS r ON r.owner = l.owner AND r.data_date = l.data_date
  WHERE @kind = 'table' GROUP BY l.owner
), came AS (
  SELECT table_name AS owner, data_date, MIN(loaded_at) AS came_at FROM table_loads
  WHERE @kind = 'table' AND row_count > 0 GROUP BY table_name, data_date
  UNION ALL
  SELECT source AS owner, data_date, MIN(created_at) AS came_at FROM raw_files WHERE @kind = 'source' GROUP BY source, data_date
), claims AS (
  SELECT g.first_at, s.name AS owner, v.processor_name, v.data_date, v.started_at, v.inserted_at, v.records_processed,
    CASE WHEN @kind = 'table' THEN COALESCE(u.shows, FALSE) ELSE p.file_is_output AND v.records_processed IS NOT NULL END AS shows,
    COALESCE(c.came_at < v.inserted_at, FALSE) AS is_there
  FROM wide_gaps AS g
  JOIN versions AS v ON v.started_at >= g.first_at AND v.inserted_at <= COALESCE(g.until_at, @end_of_time)
    AND v.inserted_at > g.first_at AND UNIX_MICROS(v.started_at) - UNIX_MICROS(v.inserted_at) <= @ahead
    AND ABS(DATE_DIFF(v.data_date, DATE(v.started_at), DAY)) <= @within_days
  JOIN processors AS p ON p.processor_name = v.processor_name
  JOIN sights AS s ON s.kind = g.kind AND s.name = CASE WHEN @kind = 'table' THEN p.table_name ELSE p.source END
  LEFT JOIN came AS c ON c.owner = s.name AND c.data_date = v.data_date
  LEFT JOIN usual AS u ON u.owner = s.name
  WHERE g.kind = @kind AND g.first_at >= @since AND s.since <= v.started_at
)
SELECT first_at, owner, '' AS processor_name, MIN(data_date) AS data_date, MIN(started_at) AS started_at, MIN(inserted_at) AS known_at,
  TRUE AS shows
FROM claims WHERE shows AND (@kind = 'table' OR NOT is_there) GROUP BY first_at, owner
UNION ALL
SELECT first_at, owner, processor_name, data_date, started_at, inserted_at AS known_at, FALSE AS shows
FROM claims WHERE NOT shows AND NOT is_there AND (@kind = 'table' OR records_processed IS NULL)
UNION ALL
SELECT first_at, '' AS owner, '' AS processor_name, MIN(data_date) AS data_date, MIN(started_at) AS started_at, MIN(inserted_at) AS known_at,
  TRUE AS shows
FROM claims
WHERE (records_processed > 0 OR shows) AND UNIX_MICROS(started_at) - UNIX_MICROS(first_at) >= @ended_after GROUP BY first_at
