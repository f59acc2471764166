"""How a Web API call is refused: Slack's error code and the fields that go with it."""

from typing import Any


class SlackError(Exception):
    """`{"ok": false, "error": code, **fields}`, answered with HTTP 200 unless `status` says otherwise."""

    def __init__(self, code: str, *, status: int = 200, headers: dict[str, str] | None = None, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.headers = headers or {}
        self.fields = fields

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.code, **self.fields}


def invalid_arguments(*messages: str) -> SlackError:
    """`invalid_arguments` with its reasons, as in `[ERROR] missing required field: channel`."""
    return SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {text}" for text in messages]})
