-- Runs of the schedule that worked within a span without any row of a kind, from the span that begins @since on, but none of the
-- future: known more than @ahead microseconds before it began. `shows`: such a run usually leaves a row (@share rows each), or is a
-- scraper's, which leaves a file; of those the first of each table or source. Of others all that are for dates of which nothing had
-- been seen. And the first of all that brought records, or should show, @ended_after microseconds after the span began.
WITH versions AS (
  SELECT processor_name, data_date, started_at, inserted_at, records_processed FROM runs
  WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) AND started_at >= @since
    AND COALESCE(`trigger`, '') NOT IN ('poll', 'backfill')
  UNION ALL
  SELECT processor_name, data_date, started_at, inserted_at, records_processed FROM superseded_runs
  WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) AND started_at >= @since
    AND COALESCE(`trigger`, '') NOT IN ('poll', 'backfill')
), worked AS (
  SELECT processor_name, data_date, SUM(runs) AS runs FROM daily_counts
  WHERE @rolled_up AND status = 'success' AND NOT zero_records GROUP BY processor_name, data_date
  UNION ALL
  SELECT processor_name, data_date, COUNT(*) AS runs FROM runs
  WHERE NOT @rolled_up AND status = 'success' AND COALESCE(records_processed > 0, TRUE) GROUP BY processor_name, data_date
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
