SELECT known_until FROM loaded_files WHERE STARTS_WITH(fingerprint, @fingerprint)
