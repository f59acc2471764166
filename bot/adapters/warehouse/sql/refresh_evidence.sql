-- Put the evidence just worked out in the place of what stood there, and note every (processor, date) whose input came or
-- went.
DELETE FROM evidence_now WHERE TRUE;

INSERT INTO evidence_now (processor_name, data_date, valid_from, valid_until, judged_at, expected, due_unknown,
  settled_at, filled, partial, traced, input_kind, input_ready_at, emptied_at, timeout_seconds)
SELECT e.processor_name, e.data_date, e.valid_from, e.valid_until, c.judged_at, e.expected, e.due_unknown,
  COALESCE(e.settled_at, c.judged_at), e.filled, e.partial, e.traced, e.input_kind, e.input_ready_at,
  e.emptied_at, e.timeout_seconds
FROM (
  SELECT processor_name, CAST(day AS DATE) AS data_date, s.*
  FROM stage_evidence AS s
  CROSS JOIN UNNEST(SPLIT(s.names, @separator)) AS processor_name
  CROSS JOIN UNNEST(SPLIT(s.dates, @separator)) AS day
) AS e
LEFT JOIN slots AS c ON c.processor_name = e.processor_name AND c.data_date = e.data_date;

CREATE OR REPLACE TABLE stage_moved AS
SELECT n.processor_name, n.data_date
FROM evidence_now AS n
LEFT JOIN (
  SELECT processor_name, data_date, input_kind, input_ready_at, emptied_at FROM evidence
  WHERE data_date BETWEEN @first_date AND @last_date AND valid_until = @end_of_time
) AS o ON o.processor_name = n.processor_name AND o.data_date = n.data_date
WHERE n.valid_until = @end_of_time
  AND (n.input_ready_at IS DISTINCT FROM o.input_ready_at OR n.emptied_at IS DISTINCT FROM o.emptied_at
    OR n.input_kind IS DISTINCT FROM o.input_kind);

DELETE FROM evidence AS e
WHERE e.data_date BETWEEN @first_date AND @last_date AND EXISTS (
  SELECT 1 FROM evidence_now AS n WHERE n.processor_name = e.processor_name AND n.data_date = e.data_date);

INSERT INTO evidence SELECT * FROM evidence_now
