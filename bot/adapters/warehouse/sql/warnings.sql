SELECT value FROM facts WHERE name IN ('warning', 'unfinished') ORDER BY value
