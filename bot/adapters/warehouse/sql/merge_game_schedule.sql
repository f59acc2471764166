CREATE OR REPLACE TABLE stage_new AS
SELECT game_id, game_date, start_utc, final_utc, status FROM (
  SELECT s.*, ROW_NUMBER() OVER (PARTITION BY game_id ORDER BY row_number DESC) AS recency
  FROM stage_game_schedule AS s
) AS ranked WHERE recency = 1;

DELETE FROM game_schedule WHERE game_id IN (SELECT game_id FROM stage_new);

INSERT INTO game_schedule (game_id, game_date, start_utc, final_utc, status)
SELECT game_id, game_date, start_utc, final_utc, status FROM stage_new
