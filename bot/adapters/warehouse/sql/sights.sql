-- Since when each table and source is known; whether there is a game calendar, and since when it is known to end.
SELECT kind, name, since FROM sights
