SELECT COUNT(*) AS runs FROM runs
