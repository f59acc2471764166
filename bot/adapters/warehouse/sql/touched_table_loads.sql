-- What the staged rows are about, and the later dates with rows whose usual size they change.
SELECT DISTINCT table_name, data_date FROM stage_table_loads
UNION DISTINCT
SELECT l.table_name, l.data_date
FROM (SELECT DISTINCT table_name, data_date FROM table_loads) AS l
JOIN (SELECT DISTINCT table_name, data_date FROM stage_table_loads) AS s ON s.table_name = l.table_name
WHERE l.data_date > s.data_date AND DATE_DIFF(l.data_date, s.data_date, DAY) <= @dates
