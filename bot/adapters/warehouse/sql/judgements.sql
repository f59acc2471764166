-- The moments of a span at which some answer about a date changes by itself: it comes to be judged, or its games are over or given up.
SELECT DISTINCT moment FROM (
  SELECT judged_at AS moment FROM slots WHERE judged_at >= @since AND judged_at < @until
  UNION ALL
  SELECT settled_at AS moment FROM evidence WHERE settled_at >= @since AND settled_at < @until
  UNION ALL
  SELECT valid_from AS moment FROM evidence WHERE valid_from >= @since AND valid_from < @until
) AS found ORDER BY moment
