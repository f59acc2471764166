CREATE TABLE IF NOT EXISTS runs (
  run_id STRING NOT NULL, processor_name STRING NOT NULL, phase INT64, data_date DATE NOT NULL,
  started_at TIMESTAMP NOT NULL, completed_at TIMESTAMP, status STRING NOT NULL, records_processed INT64,
  duration_seconds FLOAT64, failure_category STRING, error_message STRING, attempt INT64, `trigger` STRING,
  last_heartbeat_at TIMESTAMP, inserted_at TIMESTAMP NOT NULL, recorded STRING NOT NULL, hinted STRING NOT NULL
) PARTITION BY data_date CLUSTER BY started_at;

CREATE TABLE IF NOT EXISTS superseded_runs (
  run_id STRING NOT NULL, processor_name STRING NOT NULL, phase INT64, data_date DATE NOT NULL,
  started_at TIMESTAMP NOT NULL, completed_at TIMESTAMP, status STRING NOT NULL, records_processed INT64,
  duration_seconds FLOAT64, failure_category STRING, error_message STRING, attempt INT64, `trigger` STRING,
  last_heartbeat_at TIMESTAMP, inserted_at TIMESTAMP NOT NULL, recorded STRING NOT NULL, hinted STRING NOT NULL
) PARTITION BY data_date CLUSTER BY started_at;

CREATE TABLE IF NOT EXISTS table_loads (
  table_name STRING NOT NULL, data_date DATE NOT NULL, row_count INT64 NOT NULL, loaded_at TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS raw_files (
  source STRING NOT NULL, data_date DATE NOT NULL, path STRING NOT NULL, size_bytes INT64,
  created_at TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS unclear_rows (
  kind STRING NOT NULL, name STRING NOT NULL, data_date DATE, moment TIMESTAMP, read_at TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS game_schedule (
  game_id STRING NOT NULL, game_date DATE NOT NULL, start_utc TIMESTAMP, final_utc TIMESTAMP, status STRING
);

CREATE TABLE IF NOT EXISTS planned_windows (
  kind STRING NOT NULL, processors STRING NOT NULL, start_at TIMESTAMP NOT NULL, end_at TIMESTAMP NOT NULL,
  announced_at TIMESTAMP NOT NULL, note STRING
);

CREATE TABLE IF NOT EXISTS processors (
  processor_name STRING NOT NULL, phase INT64, source STRING, table_name STRING, expects STRING NOT NULL,
  input_kind STRING NOT NULL, file_is_output BOOL NOT NULL, runs_on_no_game_days BOOL NOT NULL,
  timeout_seconds FLOAT64
);

CREATE TABLE IF NOT EXISTS upstream_tables (
  processor_name STRING NOT NULL, table_name STRING NOT NULL
);

CREATE TABLE IF NOT EXISTS slots (
  processor_name STRING NOT NULL, data_date DATE NOT NULL, judged_at TIMESTAMP
);

CREATE TABLE IF NOT EXISTS sights (
  kind STRING NOT NULL, name STRING NOT NULL, since TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS first_starts (
  processor_name STRING NOT NULL, first_start TIMESTAMP NOT NULL, first_scheduled TIMESTAMP
);

CREATE TABLE IF NOT EXISTS wide_gaps (
  kind STRING NOT NULL, first_at TIMESTAMP NOT NULL, until_at TIMESTAMP, evident_at TIMESTAMP
);

CREATE TABLE IF NOT EXISTS evidence (
  processor_name STRING NOT NULL, data_date DATE NOT NULL, valid_from TIMESTAMP NOT NULL, valid_until TIMESTAMP NOT NULL,
  judged_at TIMESTAMP, expected BOOL, due_unknown BOOL NOT NULL, settled_at TIMESTAMP, filled BOOL, partial BOOL NOT NULL, traced BOOL NOT NULL, input_kind STRING NOT NULL,
  input_ready_at TIMESTAMP, emptied_at TIMESTAMP, timeout_seconds FLOAT64
);

CREATE TABLE IF NOT EXISTS evidence_now (
  processor_name STRING NOT NULL, data_date DATE NOT NULL, valid_from TIMESTAMP NOT NULL, valid_until TIMESTAMP NOT NULL,
  judged_at TIMESTAMP, expected BOOL, due_unknown BOOL NOT NULL, settled_at TIMESTAMP, filled BOOL, partial BOOL NOT NULL, traced BOOL NOT NULL, input_kind STRING NOT NULL,
  input_ready_at TIMESTAMP, emptied_at TIMESTAMP, timeout_seconds FLOAT64
);

CREATE TABLE IF NOT EXISTS hourly_counts (
  processor_name STRING NOT NULL, phase INT64, data_date DATE NOT NULL, start_hour TIMESTAMP NOT NULL,
  status STRING NOT NULL, recorded STRING NOT NULL, hinted STRING NOT NULL, input STRING NOT NULL,
  zero_records BOOL NOT NULL, runs INT64 NOT NULL
);

CREATE TABLE IF NOT EXISTS daily_counts (
  processor_name STRING NOT NULL, phase INT64, data_date DATE NOT NULL, start_day DATE NOT NULL,
  status STRING NOT NULL, recorded STRING NOT NULL, hinted STRING NOT NULL, input STRING NOT NULL,
  zero_records BOOL NOT NULL, runs INT64 NOT NULL
);

CREATE TABLE IF NOT EXISTS hourly_sketches (
  metric STRING NOT NULL, processor_name STRING NOT NULL, phase INT64, start_hour TIMESTAMP NOT NULL,
  bucket INT64 NOT NULL, runs INT64 NOT NULL
);

CREATE TABLE IF NOT EXISTS daily_sketches (
  metric STRING NOT NULL, processor_name STRING NOT NULL, phase INT64, start_day DATE NOT NULL, bucket INT64 NOT NULL,
  runs INT64 NOT NULL
);

CREATE TABLE IF NOT EXISTS loaded_files (
  fingerprint STRING NOT NULL, name STRING NOT NULL, row_count INT64 NOT NULL, loaded_at TIMESTAMP NOT NULL,
  known_until TIMESTAMP
);

CREATE TABLE IF NOT EXISTS source_marks (
  source STRING NOT NULL, position STRING NOT NULL, moved_at TIMESTAMP NOT NULL, newest TIMESTAMP,
  row_count INT64 NOT NULL, rejected INT64 NOT NULL, bytes_billed INT64 NOT NULL, brings STRING NOT NULL,
  arrivals STRING NOT NULL
);

CREATE TABLE IF NOT EXISTS source_reads (
  source STRING NOT NULL, read_at TIMESTAMP, failing_since TIMESTAMP, error STRING NOT NULL
);

CREATE TABLE IF NOT EXISTS rejected_rows (
  file_name STRING NOT NULL, row_number INT64 NOT NULL, reason STRING NOT NULL, loaded_at TIMESTAMP NOT NULL
);

CREATE TABLE IF NOT EXISTS rejected_now (
  file_name STRING NOT NULL, row_number INT64 NOT NULL, reason STRING NOT NULL
);

CREATE TABLE IF NOT EXISTS facts (
  name STRING NOT NULL, value STRING NOT NULL
);

CREATE TABLE IF NOT EXISTS hints (
  shape STRING NOT NULL, hinted STRING NOT NULL
);
