-- Spans in which processors had their whole data for one data date, and that had ended by @as_of.
SELECT processor_name, valid_from, valid_until FROM evidence
WHERE data_date = @data_date AND filled AND NOT partial AND valid_until <= @as_of
ORDER BY processor_name, valid_from
