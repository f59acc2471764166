-- The ledger of 30 days of 5-minute batches.
INSERT INTO loaded_files
SELECT sha256(CAST(step AS VARCHAR)), 'runs.parquet', $runs // 8640, $end - to_minutes(5 * step), $end - to_minutes(5 * step)
FROM (SELECT unnest(range(8640)) AS step)
