"""The phones of the workspace's people, and the vendors that ring them: Twilio and PagerDuty on this machine."""
