-- Recompute the evidence of a span of dates, and the counts of every (processor, date) whose input came or went.
CREATE OR REPLACE TABLE stage_evidence AS
{evidence};

CREATE OR REPLACE TABLE stage_moved AS
SELECT COALESCE(n.processor_name, o.processor_name) AS processor_name, COALESCE(n.data_date, o.data_date) AS data_date
FROM (SELECT * FROM evidence WHERE data_date BETWEEN @first_date AND @last_date) AS o
FULL OUTER JOIN stage_evidence AS n ON n.processor_name = o.processor_name AND n.data_date = o.data_date
WHERE n.input_ready_at IS DISTINCT FROM o.input_ready_at OR n.input_kind IS DISTINCT FROM o.input_kind;

DELETE FROM evidence WHERE data_date BETWEEN @first_date AND @last_date;

INSERT INTO evidence
SELECT processor_name, data_date, judged_at, games, expected, first_file_at, empty_file, row_count, filled,
  input_kind, input_ready_at, timeout_seconds
FROM stage_evidence;

DELETE FROM hourly_counts AS c
WHERE c.data_date BETWEEN @first_date AND @last_date AND EXISTS (
  SELECT 1 FROM stage_moved AS m WHERE m.processor_name = c.processor_name AND m.data_date = c.data_date);

INSERT INTO hourly_counts
SELECT c.processor_name, c.phase, c.data_date, c.start_hour, c.status, c.recorded, c.hinted, c.input, c.zero_records,
  COUNT(*) AS runs
FROM ({run_cells:runs=runs,evidence=evidence}
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
