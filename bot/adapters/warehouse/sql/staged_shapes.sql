-- The wordings of the staged failures without a recorded category, dates left out.
SELECT DISTINCT REGEXP_REPLACE(error_message, r'[0-9]{4}-[0-9]{2}-[0-9]{2}', '<date>') AS shape
FROM stage_versions WHERE status = 'failed' AND recorded = '' AND error_message IS NOT NULL
