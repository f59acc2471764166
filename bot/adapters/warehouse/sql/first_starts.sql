-- The first start of each processor, and the first of its schedule.
SELECT processor_name, first_start, first_scheduled FROM first_starts ORDER BY processor_name
