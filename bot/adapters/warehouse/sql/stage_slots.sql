-- Slots to come: one row for each date and all processors (@separator between their names) that are judged at that moment.
CREATE OR REPLACE TABLE stage_slots (names STRING, data_date DATE, judged_at TIMESTAMP)
