CREATE OR REPLACE TABLE stage_cleared AS
SELECT DISTINCT u.kind, u.name, u.moment
FROM unclear_rows AS u
JOIN stage_new AS s ON s.{owner} = u.name AND s.{moment} = u.moment
LEFT JOIN {stem} AS t ON t.{owner} = s.{owner} AND t.data_date = s.data_date AND t.{moment} = s.{moment}
WHERE u.kind = '{kind}' AND t.{owner} IS NULL AND (u.data_date IS NULL OR u.data_date = s.data_date);

DELETE FROM unclear_rows AS u
WHERE EXISTS (SELECT 1 FROM stage_cleared AS c WHERE c.kind = u.kind AND c.name = u.name AND c.moment = u.moment)
