SELECT DISTINCT TIMESTAMP_TRUNC(created_at, MINUTE) AS moment FROM stage_raw_files
WHERE created_at > @since AND created_at <= @now
