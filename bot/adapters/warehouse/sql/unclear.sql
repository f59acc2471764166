-- Rows of tables and raw files that cannot be used, with what is known of them.
SELECT kind, name, data_date, moment, read_at FROM unclear_rows ORDER BY kind, name, moment, data_date
