-- How many runs get an id, and how many of them are stored without one.
SELECT (SELECT COUNT(*) FROM stage_named) AS named, (
  SELECT COUNT(*) FROM runs AS c JOIN stage_named AS m ON {same_start:a=m,b=c}
  WHERE c.started_at BETWEEN @first_start AND @last_start AND {nameless:row=c}) AS stored
