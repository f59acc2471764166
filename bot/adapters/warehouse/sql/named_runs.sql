-- How many runs get an id, and how many of them are stored without one.
SELECT (SELECT COUNT(*) FROM stage_named) AS named, (
  SELECT COUNT(*) FROM runs AS c JOIN stage_named AS m ON {same_start:a=m,b=c}
  WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN TIMESTAMP_SUB(@first_start, INTERVAL 1 SECOND) AND TIMESTAMP_ADD(@last_start, INTERVAL 1 SECOND) AND {nameless:row=c}) AS stored
