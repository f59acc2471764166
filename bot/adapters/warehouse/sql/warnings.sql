SELECT name, value FROM facts WHERE name IN ('warning', 'unfinished') OR name LIKE 'warning %' ORDER BY value
