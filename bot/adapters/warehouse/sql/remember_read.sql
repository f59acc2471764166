DELETE FROM source_reads WHERE source = @source;

INSERT INTO source_reads (source, read_at, failing_since, error) VALUES (@source, @read_at, @failing_since, @error)
