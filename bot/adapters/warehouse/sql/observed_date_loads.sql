-- Loads of the data tables for the data dates @first_date to @last_date, known by @as_of; @names as the tables' are written.
SELECT table_name, data_date, row_count, loaded_at FROM table_loads
WHERE data_date BETWEEN @first_date AND @last_date AND loaded_at <= @as_of
  AND (@names = '' OR STRPOS(@names, CONCAT(',', table_name, ',')) > 0)
