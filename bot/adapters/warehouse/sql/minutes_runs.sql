SELECT DISTINCT TIMESTAMP_TRUNC(inserted_at, MINUTE) AS moment FROM stage_versions
WHERE inserted_at > @since AND inserted_at <= @now
