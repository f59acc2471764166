"""A strict local Slack workspace: Web API, Socket Mode, signed HTTP, and the users' side of it."""
