SELECT DISTINCT TIMESTAMP_TRUNC(loaded_at, MINUTE) AS moment FROM stage_table_loads
WHERE loaded_at > @since AND loaded_at <= @now
