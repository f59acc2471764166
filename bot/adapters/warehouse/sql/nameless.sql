STARTS_WITH({row}.run_id, 'row-') AND LENGTH({row}.run_id) = 36
