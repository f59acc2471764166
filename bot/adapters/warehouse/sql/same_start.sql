{a}.processor_name = {b}.processor_name AND {a}.data_date = {b}.data_date AND {a}.started_at = {b}.started_at
