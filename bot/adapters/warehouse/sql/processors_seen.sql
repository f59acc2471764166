-- Every processor that the run history names, in order of name.
SELECT DISTINCT processor_name FROM daily_counts ORDER BY processor_name
