-- How many stored runs have their start in a coarser precision than the staged rows.
SELECT COUNT(*) AS stored FROM runs AS c JOIN stage_moved AS m ON {same_run:a=m,b=c}
WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 DAY) AND @last_start
