-- The same counts from the raw rows, exactly as they were known at @as_of.
WITH known AS (
  {known_runs}
), evidence_then AS (
  SELECT * FROM evidence WHERE valid_from <= @as_of AND valid_until > @as_of
), cells AS (
  {run_cells:runs=known,evidence=evidence_then,when=TRUE}
)
SELECT
  c.processor_name, c.phase, c.status, c.recorded, c.hinted, c.input,
  c.zero_records, e.expected, e.filled, COALESCE(e.judged, FALSE) AS judged, COUNT(*) AS runs
FROM cells AS c
LEFT JOIN (
  SELECT processor_name, data_date, expected, filled, judged_at <= @as_of AS judged FROM evidence_then
) AS e ON e.processor_name = c.processor_name AND e.data_date = c.data_date
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
