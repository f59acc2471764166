-- How many runs succeeded with 0 records, by processor and data date; from the roll-up.
SELECT processor_name, data_date, CAST(SUM(runs) AS INT64) AS runs
FROM daily_counts WHERE zero_records AND data_date <= @last_date GROUP BY 1, 2
