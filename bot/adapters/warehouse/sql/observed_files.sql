-- Raw files that came in (@since, @until].
SELECT source, data_date, size_bytes, created_at FROM raw_files WHERE created_at > @since AND created_at <= @until
