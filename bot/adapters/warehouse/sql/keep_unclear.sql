CREATE OR REPLACE TABLE stage_unclear AS
SELECT '{kind}' AS kind, name, data_date, moment FROM stage_{stem}_unclear
EXCEPT DISTINCT
SELECT kind, name, data_date, moment FROM unclear_rows;

INSERT INTO unclear_rows (kind, name, data_date, moment, read_at)
SELECT kind, name, data_date, moment, CAST(@now AS TIMESTAMP) FROM stage_unclear
