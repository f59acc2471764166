-- Staged rows without an id, and how many runs have such rows that differ in what no end changes, or end in two ways at once.
SELECT COALESCE(SUM(given), 0) AS rows_given, COUNTIF(differ) AS differing FROM (
  SELECT COUNT(*) AS given,
    COUNT(DISTINCT CONCAT(COALESCE(CAST(phase AS STRING), ''), '|', COALESCE(CAST(attempt AS STRING), ''), '|', COALESCE(`trigger`, ''))) > 1
      OR COUNT(DISTINCT CASE WHEN status <> 'running' THEN status END) > COUNT(DISTINCT inserted_at) AS differ
  FROM stage_versions AS v WHERE {nameless:row=v}
  GROUP BY processor_name, data_date, started_at
)
