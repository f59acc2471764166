-- How many rows of each file were set aside, when last, and one of them.
SELECT file_name, COUNT(*) AS rejected, MAX(loaded_at) AS last_load, MAX(CASE WHEN recency = 1 THEN row_number END) AS row_number,
  MAX(CASE WHEN recency = 1 THEN reason END) AS reason
FROM (
  SELECT file_name, row_number, reason, loaded_at,
    ROW_NUMBER() OVER (PARTITION BY file_name ORDER BY loaded_at DESC, row_number) AS recency
  FROM rejected_rows
) AS ranked
GROUP BY file_name
ORDER BY file_name
