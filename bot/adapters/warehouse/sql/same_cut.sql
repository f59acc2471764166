{fine}.started_at > {coarse}.started_at AND {coarse}.started_at IN (
  TIMESTAMP_TRUNC({fine}.started_at, SECOND), TIMESTAMP_TRUNC({fine}.started_at, MILLISECOND))
