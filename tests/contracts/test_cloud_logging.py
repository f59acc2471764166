"""The error lines of a service, read from Cloud Logging's own API; what is not read is not known."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.logs.google import GoogleLogs
from bot.ports.logs import LogsUnavailable
from tests.support.log_endpoint import LogEndpoint, log_endpoint

NOW = datetime(2026, 1, 16, 12, tzinfo=UTC)
ENTRY = {
    "logName": "projects/p/logs/run.googleapis.com%2Fstderr",
    "resource": {"type": "cloud_run_revision", "labels": {"service_name": "raw"}},
    "timestamp": "2026-01-16T11:59:00Z",
    "severity": "ERROR",
}


@pytest.fixture
def endpoint() -> Iterator[LogEndpoint]:
    with log_endpoint() as made:
        yield made


def read(endpoint: LogEndpoint, service: str = "raw") -> list[str]:
    lines = GoogleLogs(endpoint.address).errors("p", service, NOW - timedelta(hours=1), NOW, 100)
    return [f"{line.at:%H:%M} {line.severity} {line.text}" for line in lines]


def test_lines_of_one_service_in_a_span_without_secrets(endpoint: LogEndpoint) -> None:
    endpoint.entries = [
        {**ENTRY, "textPayload": "KeyError: 'DNP'"},
        {**ENTRY, "severity": "CRITICAL", "jsonPayload": {"message": "password=hunter2 in the open", "n": 1}},
        {**ENTRY, "jsonPayload": {"code": 7}},
    ]
    first, second, third = read(endpoint)
    assert first == "11:59 ERROR KeyError: 'DNP'"
    assert second.startswith("11:59 CRITICAL password=")
    assert "hunter2" not in second
    assert third == '11:59 ERROR {"code": 7}'
    [asked] = endpoint.asked
    assert asked["resourceNames"] == ["projects/p"]
    assert asked["orderBy"] == "timestamp desc"
    assert 'resource.labels.service_name="raw"' in asked["filter"]
    assert 'timestamp>="2026-01-16T11:00:00Z" AND timestamp<"2026-01-16T12:00:00Z"' in asked["filter"]
    assert "severity>=ERROR" in asked["filter"]


def test_a_name_cannot_leave_its_quotes(endpoint: LogEndpoint) -> None:
    assert read(endpoint, 'raw" OR severity>=DEFAULT OR "') == []
    assert 'service_name="raw\\" OR severity>=DEFAULT OR \\""' in endpoint.asked[0]["filter"]


def test_what_cannot_be_read_says_why(endpoint: LogEndpoint) -> None:
    endpoint.status = 403
    with pytest.raises(LogsUnavailable, match=r"does not show the log of raw: .*does not have permission"):
        read(endpoint)
    with pytest.raises(LogsUnavailable, match="Cloud Logging"):
        GoogleLogs("127.0.0.1:1").errors("p", "raw", NOW, NOW, 1)
