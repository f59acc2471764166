EXISTS (
  SELECT 1 FROM stage_versions AS s
  WHERE {same_run:a=s,b=c} AND s.inserted_at = c.inserted_at AND COALESCE(s.completed_at = c.completed_at, c.completed_at IS NULL)
    AND COALESCE(s.records_processed = c.records_processed, c.records_processed IS NULL)
    AND COALESCE(s.error_message = c.error_message, c.error_message IS NULL)
    AND (s.recorded <> c.recorded OR {version:row=s} <> {version:row=c}))
