SELECT kind, processors, start_at, end_at, announced_at, note FROM planned_windows
WHERE announced_at <= @as_of ORDER BY start_at, kind, processors
