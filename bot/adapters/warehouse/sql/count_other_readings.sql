-- How many runs are stored as an earlier reading of the staged rows understood them, by words that mean something else now.
SELECT COUNT(*) AS stored FROM runs AS c WHERE c.data_date BETWEEN @first_date AND @last_date
  AND c.started_at BETWEEN @first_start AND @last_start AND {read_otherwise}
