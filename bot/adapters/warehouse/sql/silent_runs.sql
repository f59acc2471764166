-- Runs of the schedule that began at @since or later, have not ended, and whose last heartbeat lies before @until.
SELECT processor_name, data_date, last_heartbeat_at
FROM runs
WHERE data_date BETWEEN @first_date AND @last_date AND started_at >= @since AND status = 'running' AND last_heartbeat_at < @until
  AND COALESCE(`trigger`, '') NOT IN ('poll', 'backfill')
