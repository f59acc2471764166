-- A hundred thousand equal chances; each belongs to a processor.
CREATE OR REPLACE TEMP TABLE bench_slots AS
SELECT slot, p.* EXCLUDE (low, high)
FROM (SELECT unnest(range(100000)) AS slot) AS s
JOIN bench_processors AS p ON (s.slot + 0.5) / 100000 >= p.low AND (s.slot + 0.5) / 100000 < p.high
