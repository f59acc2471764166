-- Duration quantiles of succeeded runs by nearest rank (PERCENTILE_DISC), exact, from the raw rows known at @as_of.
WITH known AS (
  {known_runs}
), succeeded AS (
  SELECT p.phase AS phase, k.processor_name, k.duration_seconds
  FROM known AS k LEFT JOIN processors AS p ON p.processor_name = k.processor_name
  WHERE k.status = 'success' AND k.duration_seconds IS NOT NULL
), scoped AS (
  SELECT phase, processor_name, duration_seconds FROM succeeded
  UNION ALL
  SELECT phase, NULL AS processor_name, duration_seconds FROM succeeded WHERE phase IS NOT NULL
), ranked AS (
  SELECT phase, processor_name, duration_seconds,
    ROW_NUMBER() OVER (PARTITION BY phase, processor_name ORDER BY duration_seconds) AS place,
    COUNT(*) OVER (PARTITION BY phase, processor_name) AS total
  FROM scoped
)
SELECT phase, processor_name,
  MIN(CASE WHEN 100 * place >= 50 * total THEN duration_seconds END) AS p50,
  MIN(CASE WHEN 100 * place >= 95 * total THEN duration_seconds END) AS p95,
  MIN(CASE WHEN 100 * place >= 99 * total THEN duration_seconds END) AS p99
FROM ranked
GROUP BY 1, 2
