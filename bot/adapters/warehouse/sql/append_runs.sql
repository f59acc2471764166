-- Bring stage_versions into runs when each is a run that was not there: what merge_runs does, without looking for others.
INSERT INTO runs ({run_columns}) SELECT {run_columns} FROM stage_versions;

CREATE OR REPLACE TABLE stage_hours AS
SELECT DISTINCT TIMESTAMP_TRUNC(started_at, HOUR) AS start_hour, data_date FROM stage_versions
