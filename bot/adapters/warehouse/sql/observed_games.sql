-- The whole game calendar.
SELECT game_date, final_utc FROM game_schedule
