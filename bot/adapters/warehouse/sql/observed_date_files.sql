-- Raw files for the data dates @first_date to @last_date that had come by @as_of; @names as the sources' are written.
SELECT source, data_date, COALESCE(size_bytes, @smallest_file) AS size_bytes, created_at FROM raw_files
WHERE data_date BETWEEN @first_date AND @last_date AND created_at <= @as_of
  AND (@names = '' OR STRPOS(@names, CONCAT(',', source, ',')) > 0)
