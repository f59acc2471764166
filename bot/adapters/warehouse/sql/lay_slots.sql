-- Put the staged slots in place of those that are there.
DELETE FROM slots WHERE TRUE;

INSERT INTO slots (processor_name, data_date, judged_at)
SELECT processor_name, s.data_date, s.judged_at
FROM stage_slots AS s CROSS JOIN UNNEST(SPLIT(s.names, @separator)) AS processor_name
