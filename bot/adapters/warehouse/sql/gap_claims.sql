-- Runs of the schedule that worked within a span without any row of a kind, from the span that begins @since on, but none of the
-- future: known more than @ahead microseconds before it began. `shows`: such a run usually leaves a row (@share rows each), or is a
-- scraper's, which leaves a file; of those the first of each table or source. Of others all that are for dates of which nothing had
-- been seen. And the first of all that brought records, or should show, @ended_after microseconds after the span began. A run tells of
-- dates at most @within_days days from its start: all of them lie from @first_date to @last_date.
-- How many rows a run leaves is told by the runs in the roll-up.
WITH worked AS (
  SELECT processor_name, data_date, SUM(runs) AS runs FROM daily_counts
  WHERE status = 'success' AND NOT zero_records GROUP BY processor_name, data_date
), {gap_claims_of}
