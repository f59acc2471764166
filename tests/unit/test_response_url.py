"""Where a response_url may lead: to Slack, or to whoever stands in for its Web API; never anywhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.client import own_response_url

SLACK, LOCAL = "https://slack.com/api/", "http://127.0.0.1:8765/api/"
GOOD = "https://hooks.slack.com/commands/T1DC2JH3J/397700885554/96rGlfmibIGlgcZRskXaIFfN"
ELSEWHERE = [
    "http://hooks.slack.com/commands/T1", "https://hooks.slack.com.evil.example/x", "https://evil.example/hooks.slack.com/",
    "https://hooks.slack.com@evil.example/", "https://evil.example#https://hooks.slack.com/",
    "https://hooks.slack.com:443@evil/",
    "https://hooks.slack.com\\@evil.example/", "https://hooks.slack.com:8443/x",
    "https://HOOKS.slack.com.evil/x",
    "//hooks.slack.com/x", "https:/hooks.slack.com/x", "https://hooks.slack.com",
    "https://hooks.slack.com\t.evil.example/",
    "https://hooks.slack.com\n/x", " https://hooks.slack.com/x", "https://hooks.slack.com/x\r\nHost: evil.example",
    "http://169.254.169.254/latest/meta-data/", "http://metadata.google.internal/computeMetadata/v1/", "http://[::1]/",
    "http://[::ffff:169.254.169.254]/", "http://2852039166/", "http://0251.0376.0251.0376/", "http://0xa9fea9fe/",
    "http://127.1/", "http://localhost:8765/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_",
    "ftp://hooks.slack.com/",
    "https://hooks.slack.com\u3002evil.example/", "https://hooks.slack.com\uff0fevil.example/",
    "https://ⓗooks.slack.com/",
    "https://slack.com/x", "https://evil-hooks.slack.com/", "", "x", "https://", "data:text/plain,x",
    "javascript:alert(1)",
]  # fmt: skip


def test_slacks_own_is_followed() -> None:
    assert own_response_url(GOOD, SLACK) == GOOD


@pytest.mark.parametrize("url", ELSEWHERE)
def test_anything_else_is_not(url: str) -> None:
    assert own_response_url(url, SLACK) is None


@pytest.mark.parametrize("url", [*ELSEWHERE, GOOD])
def test_beside_another_web_api_only_that_host_is_followed(url: str) -> None:
    assert own_response_url(url, LOCAL) is None
    assert own_response_url("http://127.0.0.1:8765/response/1", LOCAL) == "http://127.0.0.1:8765/response/1"
    assert own_response_url("http://127.0.0.1:8766/response/1", LOCAL) is None


@pytest.mark.parametrize("value", [None, 5, [], {}, True, b"https://hooks.slack.com/x"])
def test_what_is_no_text_is_none(value: object) -> None:
    assert own_response_url(value, SLACK) is None


@given(st.text(max_size=60))
def test_no_text_leads_elsewhere(rest: str) -> None:
    for url in (f"https://hooks.slack.com{rest}", rest, f"https://{rest}hooks.slack.com/"):
        found = own_response_url(url, SLACK)
        assert found is None or found.startswith("https://hooks.slack.com/")
