-- Raw files that came in (@since, @until].
SELECT source, data_date, COALESCE(size_bytes, @smallest_file) AS size_bytes, created_at FROM raw_files WHERE created_at > @since AND created_at <= @until
