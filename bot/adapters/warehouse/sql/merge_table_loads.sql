CREATE OR REPLACE TABLE stage_new AS
SELECT table_name, data_date, row_count, loaded_at FROM (
  SELECT s.*, ROW_NUMBER() OVER (PARTITION BY table_name, data_date, loaded_at ORDER BY row_number DESC) AS recency
  FROM stage_table_loads AS s
) AS ranked WHERE recency = 1;

-- A row that was not there corrects the one of the same moment that could not be used.
{clear_rows:kind=table,stem=table_loads,owner=table_name,moment=loaded_at};

DELETE FROM table_loads AS t WHERE EXISTS (
  SELECT 1 FROM stage_new AS s
  WHERE s.table_name = t.table_name AND s.data_date = t.data_date AND s.loaded_at = t.loaded_at);

INSERT INTO table_loads (table_name, data_date, row_count, loaded_at)
SELECT table_name, data_date, row_count, loaded_at FROM stage_new;

{keep_unclear:kind=table,stem=table_loads}
