"""Whatever Slack answers is one of four things, and names the method."""

from http.client import IncompleteRead
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse, WebClient

from bot.adapters.notify.slack_calls import call
from bot.ports.notifier import NotifierBusy, NotifierGone, NotifierRefused, NotifierUnavailable


def answering(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Any:
    """A method of the SDK that gets this answer."""

    def chat_postMessage(**arguments: Any) -> SlackResponse:
        said = SlackResponse(
            client=WebClient(),
            http_verb="POST",
            api_url="",
            req_args=arguments,
            data=data,
            headers=headers or {},
            status_code=status,
        )
        return said.validate()  # type: ignore[no-any-return, no-untyped-call]

    return chat_postMessage


def error(code: str, **more: Any) -> dict[str, Any]:
    return {"ok": False, "error": code, **more}


HTML = error("Received a response in a non-JSON format: <html>...")
ANSWERS: dict[str, tuple[Any, type[NotifierUnavailable], float]] = {
    "gone": (answering(error("message_not_found")), NotifierGone, 60),
    "its thread is gone": (answering(error("thread_not_found")), NotifierGone, 60),
    "a limit that names its time": (answering(error("ratelimited"), 429, {"Retry-After": "7"}), NotifierBusy, 7),
    "a limit": (answering(error("ratelimited")), NotifierBusy, 30),
    "a limit as a page": (answering(HTML, 429), NotifierBusy, 30),
    "back soon": (answering(HTML, 503, {"Retry-After": "120"}), NotifierBusy, 120),
    "down": (answering(HTML, 502), NotifierUnavailable, 0),
    "Slack's own error": (answering(error("internal_error")), NotifierUnavailable, 0),
    "no scope": (answering(error("missing_scope")), NotifierRefused, 60),
    "unknown method": (answering(error("unknown_method")), NotifierRefused, 60),
    "a code nobody knows": (answering(error("brand_new_code")), NotifierRefused, 60),
    "no such page": (answering(HTML, 404), NotifierRefused, 60),
    "not implemented": (answering(error("unknown_method"), 501), NotifierRefused, 60),
    "not ok": (answering({}), NotifierUnavailable, 60),
    "a list": (answering(["ok"]), NotifierUnavailable, 60),
    "a word": (answering("ok"), NotifierUnavailable, 60),
}


@pytest.mark.parametrize(("method", "kind", "wait"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_sorted_by_what_can_be_done(method: Any, kind: type[NotifierUnavailable], wait: float) -> None:
    with pytest.raises(NotifierUnavailable, match=r"chat\.postMessage") as raised:
        call(method)
    assert type(raised.value) is kind
    assert raised.value.retry_after == wait


@pytest.mark.parametrize("failure", [TimeoutError("slow"), ConnectionResetError(), IncompleteRead(b"")], ids=repr)
def test_what_is_not_reached_is_tried_again_soon(failure: Exception) -> None:
    def conversations_history(**_arguments: Any) -> SlackResponse:
        raise failure

    with pytest.raises(NotifierUnavailable, match=r"did not confirm conversations\.history") as raised:
        call(conversations_history)
    assert raised.value.retry_after == 0


REMEDIES = {
    "not_in_channel": "Invite the app",
    "channel_not_found": "FIRELINE_ALERTS_CHANNEL",
    "invalid_auth": "SLACK_BOT_TOKEN",
}


@pytest.mark.parametrize(("code", "remedy"), REMEDIES.items(), ids=REMEDIES)
def test_a_refusal_says_what_to_do(code: str, remedy: str) -> None:
    with pytest.raises(NotifierRefused, match=remedy):
        call(answering(error(code)))


def test_a_missing_scope_is_named() -> None:
    with pytest.raises(NotifierRefused, match=r"\(missing_scope\)\. Add the scope groups:read to the app") as raised:
        call(answering(error("missing_scope", needed="groups:read")))
    assert isinstance(raised.value.__cause__, SlackApiError)
