-- The whole roll-up from the raw rows.
CREATE OR REPLACE TABLE stage_hours AS
SELECT DISTINCT TIMESTAMP_TRUNC(started_at, HOUR) AS start_hour FROM runs;

DELETE FROM hourly_counts WHERE TRUE;

DELETE FROM daily_counts WHERE TRUE;

DELETE FROM hourly_sketches WHERE TRUE;

DELETE FROM daily_sketches WHERE TRUE;

{refresh_hours}
