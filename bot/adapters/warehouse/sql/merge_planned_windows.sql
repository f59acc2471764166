CREATE OR REPLACE TABLE stage_new AS
SELECT kind, processors, start_at, end_at, announced_at, note FROM (
  SELECT s.*, ROW_NUMBER() OVER (PARTITION BY kind, processors, start_at, announced_at ORDER BY row_number DESC) AS recency
  FROM stage_planned_windows AS s
) AS ranked WHERE recency = 1;

DELETE FROM planned_windows AS t WHERE EXISTS (
  SELECT 1 FROM stage_new AS s
  WHERE s.kind = t.kind AND s.processors = t.processors AND s.start_at = t.start_at AND s.announced_at = t.announced_at);

INSERT INTO planned_windows (kind, processors, start_at, end_at, announced_at, note)
SELECT kind, processors, start_at, end_at, announced_at, note FROM stage_new
