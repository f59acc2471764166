-- Three loads a table and day, growing; one date in thirty stays empty.
INSERT INTO table_loads
SELECT table_name, day, CASE WHEN hash(table_name, day) % 30 = 0 THEN 0 ELSE 100 + 90 * part END,
  day + to_hours(20 + 5 * part)
FROM (SELECT DISTINCT table_name FROM processors WHERE table_name IS NOT NULL)
CROSS JOIN (SELECT CAST(unnest(generate_series($first, $last, INTERVAL 1 DAY)) AS DATE) AS day)
CROSS JOIN (SELECT unnest(range(3)) AS part)
WHERE day + to_hours(20 + 5 * part) <= $end
