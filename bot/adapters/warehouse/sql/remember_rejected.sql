INSERT INTO rejected_rows (file_name, row_number, reason, loaded_at) VALUES (@file, @row, @reason, @now)
