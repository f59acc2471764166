SELECT value FROM facts WHERE name = 'warning' ORDER BY value
