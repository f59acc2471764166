-- gap_claims, where the roll-up is counted again, too: it tells nothing now.
WITH worked AS (
  SELECT processor_name, data_date, COUNT(*) AS runs FROM runs
  WHERE status = 'success' AND COALESCE(records_processed > 0, TRUE) GROUP BY processor_name, data_date
), {gap_claims_of}
