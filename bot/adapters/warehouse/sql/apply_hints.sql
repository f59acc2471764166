UPDATE runs SET hinted = h.hinted FROM hints AS h
WHERE runs.status = 'failed' AND runs.recorded = ''
  AND REGEXP_REPLACE(runs.error_message, r'[0-9]{4}-[0-9]{2}-[0-9]{2}', '<date>') = h.shape;

UPDATE superseded_runs SET hinted = h.hinted FROM hints AS h
WHERE superseded_runs.status = 'failed' AND superseded_runs.recorded = ''
  AND REGEXP_REPLACE(superseded_runs.error_message, r'[0-9]{4}-[0-9]{2}-[0-9]{2}', '<date>') = h.shape
