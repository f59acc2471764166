DELETE FROM facts WHERE name = @name
