-- Which of the given fingerprints (separated by commas) are in the ledger.
SELECT fingerprint FROM loaded_files WHERE STRPOS(@fingerprints, fingerprint) > 0
