-- Since when each table and source is known, and when each processor first started; whether there is a game calendar, and
-- since when it is known to end.
SELECT kind, name, since FROM sights
UNION ALL
SELECT 'processor' AS kind, processor_name AS name, COALESCE(first_scheduled, first_start) AS since FROM first_starts
