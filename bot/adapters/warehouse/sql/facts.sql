SELECT name, value FROM facts
