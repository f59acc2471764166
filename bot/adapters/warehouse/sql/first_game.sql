SELECT MIN(game_date) AS first_game FROM game_schedule
