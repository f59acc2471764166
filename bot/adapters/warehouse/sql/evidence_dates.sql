SELECT MIN(data_date) AS first_date, MAX(data_date) AS last_date FROM evidence
