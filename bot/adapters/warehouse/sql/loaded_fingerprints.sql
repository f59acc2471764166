SELECT fingerprint FROM loaded_files
