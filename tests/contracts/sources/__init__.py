"""The sources that the contract suite holds to the same behaviour."""
