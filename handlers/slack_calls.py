"""Calls of Slack that did not go well: a definite no, after which another way may be taken, or nobody knows."""

from collections.abc import Awaitable
from typing import TypeVar

from aiohttp import ClientConnectorError, ClientError, InvalidURL
from slack_sdk.errors import SlackApiError, SlackClientError

T = TypeVar("T")

NOT_SLACK = "that is no answer of a Slack Web API: is SLACK_API_URL right?"
UNCLEAR = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", NOT_SLACK})
"""Slack may have done it all the same: https://docs.slack.dev/reference/methods/chat.postMessage#errors"""
_NEVER_DONE = ("HTTP status 4", "HTTP status 501")


class SlackFailure(Exception):
    """`method` is Slack's name of what was asked, `reason` Slack's own word, or ours where it gave none."""

    said = "did not do"

    def __init__(self, method: str, reason: str) -> None:
        self.method, self.reason = method, reason
        super().__init__(f"Slack {self.said} {method} ({reason})")


class Refused(SlackFailure):
    """Nothing was done."""

    said = "refused"


class Unconfirmed(SlackFailure):
    """It may have been done: it must not simply be asked for again."""

    said = "did not confirm"


async def asked(method: str, call: Awaitable[T]) -> T:
    """What a call of the SDK gives. Raises Refused or Unconfirmed for everything that goes wrong on the way."""
    try:
        return await call
    except SlackApiError as error:
        code = code_of(error)
        unclear = code in UNCLEAR or (code.startswith("HTTP") and not code.startswith(_NEVER_DONE))
        raise (Unconfirmed if unclear else Refused)(_method_of(error) or method, code) from error
    except SlackClientError as error:
        raise Refused(method, str(error)) from error
    except (ClientConnectorError, InvalidURL) as error:
        raise Refused(method, f"not reached: {error}") from error
    except TimeoutError as error:
        raise Unconfirmed(method, "no answer in time") from error
    except (ClientError, OSError) as error:
        raise Unconfirmed(method, "the connection broke") from error
    except (AttributeError, TypeError, ValueError) as error:
        # The SDK takes for granted that every answer is a JSON object, and fails in any way on another one.
        raise Unconfirmed(method, NOT_SLACK) from error


def code_of(error: SlackApiError) -> str:
    """Slack's own word for it; the HTTP status where something in front of Slack answered instead."""
    response = error.response
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    if code is not None:
        return str(code)
    # For a body that is no JSON at all the SDK gives aiohttp's own response.
    status = response.status_code if hasattr(response, "status_code") else response.status
    return NOT_SLACK if status == 200 else f"HTTP status {status}"


def _method_of(error: SlackApiError) -> str | None:
    """Some calls of the SDK are several of Slack: files_upload_v2."""
    address = getattr(error.response, "api_url", None)
    return address.rpartition("/")[2] if isinstance(address, str) else None
