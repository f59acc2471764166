-- Count again the runs of every (processor, date) whose input came or went.
DELETE FROM hourly_counts AS c
WHERE c.data_date BETWEEN @first_date AND @last_date AND EXISTS (
  SELECT 1 FROM stage_moved AS m WHERE m.processor_name = c.processor_name AND m.data_date = c.data_date);

INSERT INTO hourly_counts
SELECT c.processor_name, c.phase, c.data_date, c.start_hour, c.status, c.recorded, c.hinted, c.input, c.zero_records,
  COUNT(*) AS runs
FROM ({run_cells:runs=runs,evidence=evidence,when=e.valid_until = @end_of_time}
  WHERE r.data_date BETWEEN @first_date AND @last_date
) AS c
JOIN stage_moved AS m ON m.processor_name = c.processor_name AND m.data_date = c.data_date
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

DELETE FROM daily_counts AS c
WHERE c.data_date BETWEEN @first_date AND @last_date AND EXISTS (
  SELECT 1 FROM stage_moved AS m WHERE m.processor_name = c.processor_name AND m.data_date = c.data_date);

INSERT INTO daily_counts
SELECT c.processor_name, c.phase, c.data_date, DATE(c.start_hour) AS start_day, c.status, c.recorded, c.hinted, c.input,
  c.zero_records, SUM(c.runs) AS runs
FROM hourly_counts AS c
JOIN stage_moved AS m ON m.processor_name = c.processor_name AND m.data_date = c.data_date
WHERE c.data_date BETWEEN @first_date AND @last_date
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
