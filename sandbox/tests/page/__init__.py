"""The chat page in a real browser against the real workspace and a real Bolt app."""
