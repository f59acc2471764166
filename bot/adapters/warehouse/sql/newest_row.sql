-- When the newest row of the history came: a load, a raw file, the hour of a run's start. @staged: of runs not counted yet.
SELECT MAX(moment) AS newest FROM (
  SELECT MAX(loaded_at) AS moment FROM table_loads
  UNION ALL SELECT MAX(created_at) AS moment FROM raw_files
  UNION ALL SELECT MAX(start_hour) AS moment FROM hourly_counts
  UNION ALL SELECT TIMESTAMP_TRUNC(CAST(@staged AS TIMESTAMP), HOUR) AS moment
) AS moments
