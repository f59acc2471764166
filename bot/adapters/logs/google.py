"""Cloud Logging: https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.domain.errors import reason_of
from bot.domain.redaction import redacted, visible
from bot.ports.logs import LogLine, LogsUnavailable

if TYPE_CHECKING:
    from google.cloud.logging import Client

TIMEOUT_S = 10
MOST_TEXT = 300
_RESOURCES = "cloud_run_revision", "cloud_run_job", "cloud_function"
_LABELS = "service_name", "job_name", "function_name"


class GoogleLogs:
    """Implements `bot.ports.logs.Logs`. `endpoint`: another address of the API, without credentials: an emulator."""

    def __init__(self, endpoint: str = "") -> None:
        self._endpoint = endpoint
        self._client = lru_cache(maxsize=8)(self._made)

    def errors(self, project: str, service: str, since: datetime, until: datetime, most: int) -> list[LogLine]:
        from google.api_core.exceptions import GoogleAPIError
        from google.auth.exceptions import GoogleAuthError

        try:
            found = self._client(project).list_entries(  # type: ignore[no-untyped-call]
                resource_names=[f"projects/{project}"],
                filter_=_filter(service, since, until),
                order_by="timestamp desc",
                page_size=most,
                max_results=most,
            )
            return [_line(each) for each in found]
        except (GoogleAPIError, GoogleAuthError) as error:
            raise LogsUnavailable(f"Cloud Logging does not show the log of {service}: {_said(error)}") from error
        except OSError as error:
            raise LogsUnavailable(f"Cloud Logging was not reached: {reason_of(error)}") from error

    def _made(self, project: str) -> Client:
        from google.cloud.logging import Client

        if not self._endpoint:
            return Client(project=project, _use_grpc=False)  # type: ignore[no-untyped-call]
        from google.auth.credentials import AnonymousCredentials

        options = {"api_endpoint": f"http://{self._endpoint}"}
        anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
        return Client(  # type: ignore[no-untyped-call]
            project=project, credentials=anonymous, _use_grpc=False, client_options=options
        )


def _filter(service: str, since: datetime, until: datetime) -> str:
    """The name is quoted as a string of the language: https://cloud.google.com/logging/docs/view/logging-query-language"""
    name = json.dumps(service)
    resources = " OR ".join(f'resource.type="{each}"' for each in _RESOURCES)
    names = " OR ".join(f"resource.labels.{label}={name}" for label in _LABELS)
    span = f'timestamp>="{_moment(since)}" AND timestamp<"{_moment(until)}"'
    return f"({resources}) AND ({names}) AND severity>=ERROR AND {span}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _line(entry: Any) -> LogLine:
    payload = entry.payload
    if isinstance(payload, dict):
        payload = payload.get("message") or json.dumps(payload, ensure_ascii=False)
    at = entry.timestamp or entry.received_timestamp or datetime.min.replace(tzinfo=UTC)
    return LogLine(at, str(entry.severity or "ERROR"), redacted(visible(str(payload or "")))[:MOST_TEXT])


def _said(error: Exception) -> str:
    return redacted(str(getattr(error, "message", "") or error))[:MOST_TEXT]
