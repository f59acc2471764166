-- What the ledger says of the files with the given fingerprints (64 characters each, separated by commas).
SELECT fingerprint FROM loaded_files WHERE STRPOS(@fingerprints, SUBSTR(fingerprint, 1, 64)) > 0
