SELECT '{metric}' AS metric, processor_name, phase, TIMESTAMP_TRUNC(started_at, HOUR) AS start_hour,
  CASE WHEN {column} <= @smallest THEN @zero_bucket ELSE CAST(CEIL(LN({column}) / @log_gamma) AS INT64) END AS bucket
FROM runs
WHERE status = 'success' AND {column} IS NOT NULL AND data_date BETWEEN @first_date AND @last_date AND started_at >= @first_hour AND started_at < @end_hour
