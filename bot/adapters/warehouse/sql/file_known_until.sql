SELECT known_until FROM loaded_files WHERE fingerprint = @fingerprint
