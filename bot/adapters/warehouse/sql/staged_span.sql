SELECT MIN(started_at) AS first_start, MAX(started_at) AS last_start, COUNT(*) AS given, COUNT(DISTINCT run_id) AS told_apart,
  COUNTIF(status = 'running') AS under_way, COUNTIF({nameless:row=v}) AS nameless,
  MIN(data_date) AS first_date, MAX(data_date) AS last_date
FROM stage_versions AS v
