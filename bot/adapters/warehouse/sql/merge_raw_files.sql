CREATE OR REPLACE TABLE stage_new AS
SELECT source, data_date, path, size_bytes, created_at FROM (
  SELECT s.*, ROW_NUMBER() OVER (PARTITION BY source, data_date, path, created_at ORDER BY row_number DESC) AS recency
  FROM stage_raw_files AS s
) AS ranked WHERE recency = 1;

-- A row that was not there corrects the one of the same moment that could not be used.
{clear_rows:kind=source,stem=raw_files,owner=source,moment=created_at};

DELETE FROM raw_files AS t WHERE EXISTS (
  SELECT 1 FROM stage_new AS s
  WHERE s.source = t.source AND s.data_date = t.data_date AND s.path = t.path AND s.created_at = t.created_at);

INSERT INTO raw_files (source, data_date, path, size_bytes, created_at)
SELECT source, data_date, path, size_bytes, created_at FROM stage_new;

{keep_unclear:kind=source,stem=raw_files}
