-- The first hour with runs about a span of dates: some start days before the date that they are about.
SELECT MIN(start_hour) AS first_hour FROM hourly_counts WHERE data_date BETWEEN @first_date AND @last_date
