-- What each processor's runs say of it as a whole.
SELECT r.processor_name, MAX(r.phase) AS phase, COUNT(*) AS runs, MIN(r.started_at) AS first_start,
  MAX(r.started_at) AS last_start, COUNT(DISTINCT r.data_date) AS dates,
  COUNT(DISTINCT CASE WHEN g.game_date IS NULL THEN r.data_date END) AS dates_without_games,
  COUNT(DISTINCT CASE WHEN r.status = 'success' AND r.records_processed IS NOT NULL THEN r.data_date END) AS dates_counted,
  COUNT(DISTINCT CASE WHEN r.status = 'success' AND r.records_processed > 0 THEN r.data_date END) AS dates_with_records,
  COUNTIF(r.status = 'failed' AND (r.recorded = 'no_data_available' OR r.hinted = 'no_data_available')) AS no_data
FROM runs AS r
LEFT JOIN (SELECT DISTINCT game_date FROM game_schedule) AS g ON g.game_date = r.data_date
WHERE r.`trigger` IS NULL OR r.`trigger` <> 'backfill'
GROUP BY r.processor_name
ORDER BY r.processor_name
