-- Bring stage_versions into runs: the latest version of each run is current, the others are kept as superseded.
-- A run is its run_id; it starts once, so its older versions are looked for among rows started in the same span.
CREATE OR REPLACE TABLE stage_runs AS
SELECT * FROM (
  SELECT v.*, ROW_NUMBER() OVER (PARTITION BY v.run_id ORDER BY v.inserted_at DESC, {version:row=v} DESC) AS recency
  FROM stage_versions AS v
) AS ranked;

CREATE OR REPLACE TABLE stage_current AS
SELECT c.* FROM runs AS c
WHERE c.started_at BETWEEN @first_start AND @last_start AND c.run_id IN (SELECT run_id FROM stage_runs);

CREATE OR REPLACE TABLE stage_replaced AS
SELECT c.* FROM stage_current AS c
JOIN stage_runs AS s ON s.run_id = c.run_id AND s.recency = 1
WHERE s.inserted_at > c.inserted_at OR (s.inserted_at = c.inserted_at AND {version:row=s} > {version:row=c});

CREATE OR REPLACE TABLE stage_added AS
SELECT s.* FROM stage_runs AS s
WHERE s.recency = 1 AND (
  s.run_id IN (SELECT run_id FROM stage_replaced) OR s.run_id NOT IN (SELECT run_id FROM stage_current));

INSERT INTO superseded_runs ({run_columns})
SELECT {run_columns} FROM (
  SELECT {run_columns} FROM stage_replaced
  UNION DISTINCT
  SELECT {run_columns} FROM stage_runs AS s
  WHERE NOT (s.recency = 1 AND s.run_id IN (SELECT run_id FROM stage_added))
) AS o
WHERE NOT EXISTS (
  SELECT 1 FROM superseded_runs AS k
  WHERE k.run_id = o.run_id AND k.inserted_at = o.inserted_at AND {version:row=k} = {version:row=o})
AND NOT EXISTS (
  SELECT 1 FROM stage_current AS k
  WHERE k.run_id = o.run_id AND k.inserted_at = o.inserted_at AND {version:row=k} = {version:row=o}
    AND k.run_id NOT IN (SELECT run_id FROM stage_replaced))
AND NOT EXISTS (
  SELECT 1 FROM stage_added AS k
  WHERE k.run_id = o.run_id AND k.inserted_at = o.inserted_at AND {version:row=k} = {version:row=o});

DELETE FROM runs
WHERE started_at BETWEEN @first_start AND @last_start AND run_id IN (SELECT run_id FROM stage_replaced);

INSERT INTO runs ({run_columns}) SELECT {run_columns} FROM stage_added;

CREATE OR REPLACE TABLE stage_hours AS
SELECT TIMESTAMP_TRUNC(started_at, HOUR) AS start_hour FROM stage_added
UNION DISTINCT
SELECT TIMESTAMP_TRUNC(started_at, HOUR) AS start_hour FROM stage_replaced
