-- What runs should have shown that became known after @since and may have brought some: which table or source, and the dates.
WITH {claiming_runs}
SELECT DISTINCT owner, data_date FROM (
  SELECT CASE WHEN @kind = 'table' THEN table_name ELSE source END AS owner, data_date FROM worked WHERE inserted_at > @since
) AS claimed
WHERE owner IS NOT NULL
