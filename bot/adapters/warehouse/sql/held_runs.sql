-- How many of the staged runs are there already; they started in the span of the staged ones.
SELECT COUNT(*) AS held FROM runs
WHERE started_at BETWEEN @first_start AND @last_start AND run_id IN (SELECT run_id FROM stage_versions)
