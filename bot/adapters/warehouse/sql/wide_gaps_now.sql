-- Spans of at least @width microseconds in which no row of a kind came; the last one has no end yet.
SELECT moment, following FROM (
  SELECT moment, LEAD(moment) OVER (ORDER BY moment) AS following FROM (
    SELECT loaded_at AS moment FROM table_loads WHERE @kind = 'table'
    UNION DISTINCT
    SELECT created_at AS moment FROM raw_files WHERE @kind = 'source'
  ) AS moments
) AS pairs
WHERE following IS NULL OR UNIX_MICROS(following) - UNIX_MICROS(moment) >= @width
ORDER BY moment
