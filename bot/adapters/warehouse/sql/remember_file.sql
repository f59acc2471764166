DELETE FROM loaded_files WHERE STARTS_WITH(fingerprint, @fingerprint);

INSERT INTO loaded_files (fingerprint, name, row_count, loaded_at, known_until)
VALUES (@entry, @name, @rows, @now, @known_until)
