-- What the text rules say of these wordings.
UPDATE stage_versions SET hinted = h.hinted FROM hints AS h
WHERE stage_versions.status = 'failed' AND stage_versions.recorded = ''
  AND REGEXP_REPLACE(stage_versions.error_message, r'[0-9]{4}-[0-9]{2}-[0-9]{2}', '<date>') = h.shape
