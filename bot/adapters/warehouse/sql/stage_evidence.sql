-- Evidence to come: one row for each date, span of time and all processors (@separator between their names) that it holds of.
CREATE OR REPLACE TABLE stage_evidence (
  names STRING, data_date DATE, valid_from TIMESTAMP, valid_until TIMESTAMP, judged_at TIMESTAMP, expected BOOL,
  due_unknown BOOL, settled_at TIMESTAMP, filled BOOL, partial BOOL, traced BOOL, input_kind STRING, input_ready_at TIMESTAMP, timeout_seconds FLOAT64
)
