-- What the ledger says of the files with the given fingerprints (64 characters each, separated by commas). A calendar that was
-- replaced since counts as not read: a game that was moved may be moved back, and the file is as it was before.
SELECT fingerprint FROM loaded_files AS f
WHERE STRPOS(@fingerprints, SUBSTR(fingerprint, 1, 64)) > 0
  AND NOT (name LIKE 'game_schedule.%' AND EXISTS (
    SELECT 1 FROM loaded_files AS later WHERE later.name = f.name AND later.loaded_at > f.loaded_at))
