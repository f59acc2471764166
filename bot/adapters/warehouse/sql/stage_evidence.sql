-- Evidence to come: one row for each span of time, and all processors and dates (@separator between them) of which it
-- holds. Where `settled_at` is absent, it is when the date is judged.
CREATE OR REPLACE TABLE stage_evidence (
  names STRING, dates STRING, valid_from TIMESTAMP, valid_until TIMESTAMP, expected BOOL, due_unknown BOOL,
  settled_at TIMESTAMP, filled BOOL, partial BOOL, traced BOOL, input_kind STRING, input_ready_at TIMESTAMP,
  emptied_at TIMESTAMP, timeout_seconds FLOAT64
)
