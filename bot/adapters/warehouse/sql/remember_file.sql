DELETE FROM loaded_files WHERE fingerprint = @fingerprint;

INSERT INTO loaded_files (fingerprint, name, row_count, loaded_at, known_until)
VALUES (@fingerprint, @name, @rows, @now, @known_until)
