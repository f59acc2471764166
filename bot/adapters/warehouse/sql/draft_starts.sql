-- Starts of scheduled runs (of all runs, where the history does not tell them apart), to the minute.
SELECT DISTINCT r.processor_name, r.data_date, TIMESTAMP_TRUNC(r.started_at, MINUTE) AS started_at
FROM runs AS r
LEFT JOIN (SELECT DISTINCT processor_name FROM runs WHERE `trigger` = 'schedule') AS s
  ON s.processor_name = r.processor_name
WHERE r.`trigger` = 'schedule' OR s.processor_name IS NULL
