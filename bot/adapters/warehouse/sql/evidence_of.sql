-- The evidence of one processor, date by date, as it was known at @as_of.
SELECT processor_name, data_date, judged_at, games, games_final, expected, first_file_at, empty_file, row_count, filled,
  input_kind, input_ready_at
FROM ({evidence}) AS e
WHERE processor_name = @processor
ORDER BY data_date
