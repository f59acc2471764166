-- Room for runs whose start was told wrong before.
CREATE OR REPLACE TABLE stage_moved (
  processor_name STRING, run_id STRING, data_date DATE, started_at TIMESTAMP, real_start TIMESTAMP, told_by STRING
)
