-- Games of the staged schedule that are there with another date, start, end or word.
SELECT COUNT(*) AS corrected FROM (
  SELECT game_id, game_date, start_utc, final_utc, status FROM (
    SELECT s.*, ROW_NUMBER() OVER (PARTITION BY game_id ORDER BY row_number DESC) AS recency
    FROM stage_game_schedule AS s
  ) AS ranked WHERE recency = 1
  EXCEPT DISTINCT
  SELECT game_id, game_date, start_utc, final_utc, status FROM game_schedule
) AS changed
WHERE game_id IN (SELECT game_id FROM game_schedule)
