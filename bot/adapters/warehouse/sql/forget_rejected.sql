-- The rows that an earlier reading of the same file has set aside.
DELETE FROM rejected_rows AS r WHERE r.file_name = @name AND EXISTS (
  SELECT 1 FROM loaded_files AS f
  WHERE f.name = r.file_name AND f.loaded_at = r.loaded_at AND STARTS_WITH(f.fingerprint, @fingerprint))
