-- Three files a source and day: in the afternoon, at night (one in ten empty), and the morning after.
INSERT INTO raw_files
SELECT source, day, 'gs://raw/' || source || '/' || day || '/' || part || '.json',
  CASE WHEN part = 1 AND hash(source, day) % 10 = 0 THEN 2 ELSE 20000 + hash(source, day, part) % 900000 END,
  day + to_hours(18 + 7 * part)
FROM (SELECT DISTINCT source FROM processors WHERE source IS NOT NULL)
CROSS JOIN (SELECT CAST(unnest(generate_series($first, $last, INTERVAL 1 DAY)) AS DATE) AS day)
CROSS JOIN (SELECT unnest(range(3)) AS part)
WHERE day + to_hours(18 + 7 * part) <= $end AND hash(source, day, 'missing') % 40 <> 0
