-- Loads of the data tables that became known in (@since, @until].
SELECT table_name, data_date, row_count, loaded_at FROM table_loads WHERE loaded_at > @since AND loaded_at <= @until
