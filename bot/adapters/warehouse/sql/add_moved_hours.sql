-- The hours in which moved runs were counted before.
CREATE OR REPLACE TABLE stage_hours AS
SELECT start_hour, data_date FROM stage_hours
UNION DISTINCT
SELECT TIMESTAMP_TRUNC(started_at, HOUR) AS start_hour, data_date FROM stage_moved
