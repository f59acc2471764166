"""What people read when BigQuery refuses, and whether it is worth another try."""

from typing import Any

import pytest
from google.api_core import exceptions
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError

from bot.adapters.warehouse import bigquery_engine
from bot.adapters.warehouse.bigquery_engine import BigQueryEngine
from bot.adapters.warehouse.bigquery_errors import errors_named
from bot.domain.errors import BadInput, WarehouseUnavailable


def named(error: Exception) -> Exception:
    with pytest.raises(Exception) as caught, errors_named("p.d"):  # noqa: PT011 (the test says which)
        raise error
    return caught.value


def error_of(kind: Any, text: str, **more: Any) -> Exception:
    """Google's errors have no types."""
    made: Exception = kind(text, **more)
    return made


def answer(kind: Any, reason: str = "", text: str = "it said no") -> Exception:
    return error_of(kind, text, errors=[{"reason": reason, "message": text}])


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (error_of(DefaultCredentialsError, "none"), "gcloud auth application-default login"),
        (error_of(RefreshError, "expired"), "gcloud auth application-default login"),
        (answer(exceptions.Unauthorized), "GOOGLE_APPLICATION_CREDENTIALS"),
        (answer(exceptions.Forbidden, "accessDenied"), "BigQuery Data Editor"),
        (answer(exceptions.NotFound, "notFound"), "FIRELINE_BIGQUERY_PROJECT"),
    ],
)
def test_what_a_person_must_change_says_so(error: Exception, remedy: str) -> None:
    found = named(error)
    assert isinstance(found, BadInput)
    assert "p.d" in str(found)
    assert remedy in str(found)


@pytest.mark.parametrize(
    "error",
    [
        answer(exceptions.Forbidden, "quotaExceeded"),
        answer(exceptions.Forbidden, "rateLimitExceeded"),
        answer(exceptions.TooManyRequests),
        answer(exceptions.ServiceUnavailable),
        answer(exceptions.InternalServerError, "backendError"),
        answer(exceptions.BadRequest, "invalidQuery", "Could not serialize access to table p:d.runs"),
        error_of(exceptions.RetryError, "Timeout of 60 s exceeded", cause=None),
        error_of(TransportError, "no route"),
        error_of(RefreshError, "try later", retryable=True),
        ConnectionError("refused"),
    ],
)
def test_what_passes_by_itself_can_be_tried_again(error: Exception) -> None:
    found = named(error)
    assert isinstance(found, WarehouseUnavailable)
    assert found.retryable
    assert "Try again later" in str(found)


def test_faults_of_our_own_are_not_dressed_up() -> None:
    error = answer(exceptions.BadRequest, "invalidQuery", "Syntax error at [1:1]")
    assert named(error) is error
    other = KeyError("x")
    assert named(other) is other


def test_an_address_without_bigquery_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bigquery_engine, "PATIENCE", 0.01)
    with pytest.raises(WarehouseUnavailable, match=r"BigQuery \(p\.d\) cannot be reached"):
        BigQueryEngine("p", "d", endpoint="http://127.0.0.1:9")


def test_no_credentials_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "gone.json"))
    with pytest.raises(BadInput, match="gcloud auth application-default login"):
        BigQueryEngine("p", "d")
