-- Recompute the roll-up of the hours in stage_hours from the raw rows: always equal to a rebuild.
DELETE FROM hourly_counts WHERE start_hour IN (SELECT start_hour FROM stage_hours);

INSERT INTO hourly_counts
SELECT processor_name, phase, data_date, start_hour, status, recorded, hinted, input, zero_records, COUNT(*) AS runs
FROM ({run_cells:runs=runs,evidence=evidence}
  WHERE r.started_at >= @first_hour AND r.started_at < @end_hour
) AS c
WHERE start_hour IN (SELECT start_hour FROM stage_hours)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

DELETE FROM daily_counts WHERE start_day IN (SELECT DATE(start_hour) FROM stage_hours);

INSERT INTO daily_counts
SELECT processor_name, phase, data_date, DATE(start_hour) AS start_day, status, recorded, hinted, input, zero_records,
  SUM(runs) AS runs
FROM hourly_counts
WHERE start_hour >= @first_day AND start_hour < @end_day
  AND DATE(start_hour) IN (SELECT DATE(start_hour) FROM stage_hours)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

DELETE FROM hourly_sketches WHERE start_hour IN (SELECT start_hour FROM stage_hours);

INSERT INTO hourly_sketches
SELECT metric, processor_name, phase, start_hour, bucket, COUNT(*) AS runs
FROM ({sketch_cells:column=duration_seconds,metric=duration}
  UNION ALL
  {sketch_cells:column=records_processed,metric=records}) AS c
WHERE start_hour IN (SELECT start_hour FROM stage_hours)
GROUP BY 1, 2, 3, 4, 5;

DELETE FROM daily_sketches WHERE start_day IN (SELECT DATE(start_hour) FROM stage_hours);

INSERT INTO daily_sketches
SELECT metric, processor_name, phase, DATE(start_hour) AS start_day, bucket, SUM(runs) AS runs
FROM hourly_sketches
WHERE start_hour >= @first_day AND start_hour < @end_day
  AND DATE(start_hour) IN (SELECT DATE(start_hour) FROM stage_hours)
GROUP BY 1, 2, 3, 4, 5
