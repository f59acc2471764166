-- The dates that staged rows are about; every date when they are the first of their kind.
SELECT
  CASE WHEN (SELECT COUNT(*) FROM raw_files) <= COUNT(*) THEN DATE '1970-01-01' ELSE MIN(data_date) END AS first_date,
  CASE WHEN (SELECT COUNT(*) FROM raw_files) <= COUNT(*) THEN DATE '2100-01-01' ELSE MAX(data_date) END AS last_date
FROM stage_raw_files
