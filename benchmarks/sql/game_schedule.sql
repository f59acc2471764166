-- Up to 11 games a day, none on every seventh day.
INSERT INTO game_schedule
SELECT
  'game-' || strftime(day, '%Y%m%d') || '-' || number, day, day + INTERVAL 24 HOUR, day + INTERVAL 27 HOUR,
  CASE WHEN day + INTERVAL 27 HOUR <= $end THEN 'Final' ELSE 'Scheduled' END
FROM (SELECT CAST(unnest(generate_series($first - 40, $last, INTERVAL 1 DAY)) AS DATE) AS day)
CROSS JOIN (SELECT unnest(range(1, 12)) AS number)
WHERE dayofyear(day) % 7 <> 0 AND number <= 2 + hash(day) % 10
