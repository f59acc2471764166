-- gap_claims, where runs were added and corrected of which the roll-up does not know yet.
WITH worked AS (
  SELECT processor_name, data_date, SUM(runs) AS runs FROM daily_counts
  WHERE status = 'success' AND NOT zero_records GROUP BY processor_name, data_date
  UNION ALL
  SELECT processor_name, data_date, COUNT(*) AS runs FROM stage_added
  WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) GROUP BY processor_name, data_date
  UNION ALL
  SELECT processor_name, data_date, -COUNT(*) AS runs FROM stage_replaced
  WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) GROUP BY processor_name, data_date
), {gap_claims_of}
