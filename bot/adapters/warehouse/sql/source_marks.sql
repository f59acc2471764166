-- How far each source has been read.
SELECT source, position, moved_at, newest, row_count, rejected, bytes_billed, brings, arrivals
FROM source_marks ORDER BY source
