"""The ports in memory, in plain Python: for tests of whatever uses a port, held to the same contract suites."""
