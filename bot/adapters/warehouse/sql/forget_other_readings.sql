-- What an earlier reading of the staged rows made of them: they come in again.
DELETE FROM runs AS c WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN @first_start AND @last_start AND {read_otherwise};

DELETE FROM superseded_runs AS c WHERE c.data_date BETWEEN @first_date AND @last_date AND c.started_at BETWEEN @first_start AND @last_start AND {read_otherwise}
