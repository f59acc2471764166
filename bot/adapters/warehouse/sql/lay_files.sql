-- Room for the files that one file was made of.
CREATE OR REPLACE TABLE stage_files (fingerprint STRING, name STRING, row_count INT64)
