{row}.processor_name, {row}.run_id, {row}.data_date, {row}.started_at, {row}.inserted_at, {row}.completed_at, {row}.status
