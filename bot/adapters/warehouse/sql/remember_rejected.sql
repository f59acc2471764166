DELETE FROM rejected_rows AS r WHERE EXISTS (
  SELECT 1 FROM rejected_now AS n WHERE n.file_name = r.file_name AND n.row_number = r.row_number AND n.reason = r.reason);

INSERT INTO rejected_rows (file_name, row_number, reason, loaded_at)
SELECT file_name, row_number, reason, @now FROM rejected_now
