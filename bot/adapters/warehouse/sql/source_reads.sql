-- How the reads of each source go.
SELECT source, read_at, failing_since, error FROM source_reads ORDER BY source
