-- Recompute a part of the roll-up from the raw rows: always equal to a rebuild. The runs of that part are about dates from @first_date
-- to @last_date.
DELETE FROM hourly_counts WHERE {hours};

INSERT INTO hourly_counts
SELECT processor_name, phase, data_date, start_hour, status, recorded, hinted, input, zero_records, COUNT(*) AS runs
FROM ({run_cells:runs=runs,evidence=evidence,when=e.valid_until = @end_of_time}
  WHERE r.data_date BETWEEN @first_date AND @last_date AND r.started_at >= @first_hour AND r.started_at < @end_hour
) AS c
WHERE {hours}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
ORDER BY start_hour;

DELETE FROM daily_counts WHERE {days};

INSERT INTO daily_counts
SELECT processor_name, phase, data_date, DATE(start_hour) AS start_day, status, recorded, hinted, input, zero_records,
  SUM(runs) AS runs
FROM hourly_counts
WHERE start_hour >= @first_day AND start_hour < @end_day AND {hours_of_days}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
ORDER BY start_day;

DELETE FROM hourly_sketches WHERE {hours};

INSERT INTO hourly_sketches
SELECT metric, processor_name, phase, start_hour, bucket, COUNT(*) AS runs
FROM ({sketch_cells:column=duration_seconds,metric=duration}
  UNION ALL
  {sketch_cells:column=records_processed,metric=records}) AS c
WHERE {hours}
GROUP BY 1, 2, 3, 4, 5
ORDER BY metric, start_hour;

DELETE FROM daily_sketches WHERE {days};

INSERT INTO daily_sketches
SELECT metric, processor_name, phase, DATE(start_hour) AS start_day, bucket, SUM(runs) AS runs
FROM hourly_sketches
WHERE start_hour >= @first_day AND start_hour < @end_day AND {hours_of_days}
GROUP BY 1, 2, 3, 4, 5
ORDER BY metric, start_day
