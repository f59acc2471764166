-- gap_claims, where the staged runs, all of them new, are not in the roll-up yet.
WITH worked AS (
  SELECT processor_name, data_date, SUM(runs) AS runs FROM daily_counts
  WHERE status = 'success' AND NOT zero_records GROUP BY processor_name, data_date
  UNION ALL
  SELECT processor_name, data_date, COUNT(*) AS runs FROM stage_versions
  WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) GROUP BY processor_name, data_date
), {gap_claims_of}
