-- Processors of which there is no run, no row of their table and, for a scraper, no file; without those that have data only
-- now and then.
SELECT p.processor_name
FROM processors AS p
LEFT JOIN first_starts AS f ON f.processor_name = p.processor_name
LEFT JOIN sights AS s ON s.kind = CASE WHEN p.file_is_output THEN 'source' ELSE 'table' END
  AND s.name = CASE WHEN p.file_is_output THEN p.source ELSE p.table_name END
WHERE f.processor_name IS NULL AND s.name IS NULL AND p.expects <> 'never'
ORDER BY p.processor_name
