"""Sources for tools whose tables or files are known, a file each, with what the tool knows of the platform."""
