-- None of them is there yet. The same bytes under two names are one file.
INSERT INTO loaded_files (fingerprint, name, row_count, loaded_at, known_until)
SELECT fingerprint, MIN(name), MIN(row_count), @now, @known_until FROM stage_files GROUP BY fingerprint
