-- The wordings of failures without a recorded category, dates left out.
SELECT REGEXP_REPLACE(error_message, r'[0-9]{4}-[0-9]{2}-[0-9]{2}', '<date>') AS shape
FROM runs WHERE status = 'failed' AND recorded = '' AND error_message IS NOT NULL
UNION DISTINCT
SELECT REGEXP_REPLACE(error_message, r'[0-9]{4}-[0-9]{2}-[0-9]{2}', '<date>') AS shape
FROM superseded_runs WHERE status = 'failed' AND recorded = '' AND error_message IS NOT NULL
