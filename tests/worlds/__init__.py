"""Labelled worlds made by rule: an independent witness for detection, in the format of the recorded replay worlds."""
