DELETE FROM source_marks WHERE source = @source;

INSERT INTO source_marks (source, position, moved_at, newest, row_count, rejected, bytes_billed, brings, arrivals)
VALUES (@source, @position, @moved_at, @newest, @rows, @rejected, @bytes_billed, @brings, @arrivals)
