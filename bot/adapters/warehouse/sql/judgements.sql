-- The moments of a span at which some date comes to be judged.
SELECT DISTINCT judged_at FROM slots WHERE judged_at >= @since AND judged_at < @until ORDER BY judged_at
