DELETE FROM facts WHERE name = @name AND (@name <> 'warning' OR value = @value);

INSERT INTO facts (name, value) VALUES (@name, @value)
