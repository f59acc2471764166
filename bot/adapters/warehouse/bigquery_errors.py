"""What BigQuery and its credentials complain about, as errors that a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import BadInput, FirelineError, WarehouseUnavailable

LOGIN = "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file."
ROLES = "It needs the roles BigQuery Data Editor on the dataset and BigQuery Job User on the project."
_PASSING = {
    "backendError",
    "internalError",
    "jobBackendError",
    "jobInternalError",
    "jobRateLimitExceeded",
    "quotaExceeded",
    "rateLimitExceeded",
    "tableUnavailable",
}
"""Reasons that go away by themselves (https://cloud.google.com/bigquery/docs/error-messages)."""


@contextmanager
def errors_named(where: str) -> Iterator[None]:
    """Turn errors of the client into errors for people; `where` is `project.dataset`. SQL that BigQuery does not
    understand is a fault of ours and passes through."""
    from google.api_core.exceptions import GoogleAPICallError, RetryError
    from google.auth.exceptions import GoogleAuthError
    from requests.exceptions import RequestException

    try:
        yield
    except GoogleAuthError as error:
        raise _of_credentials(where, error) from error
    except GoogleAPICallError as error:
        named = _of_answer(where, error)
        if named is None:
            raise
        raise named from error
    except (RetryError, RequestException, ConnectionError) as error:
        raise WarehouseUnavailable(
            f"BigQuery ({where}) cannot be reached: {_first_line(error)} Try again later."
        ) from error


def _of_credentials(where: str, error: Exception) -> FirelineError:
    from google.auth.exceptions import DefaultCredentialsError, RefreshError

    if isinstance(error, DefaultCredentialsError):
        return BadInput(f"No Google Cloud credentials for BigQuery ({where}). {LOGIN}")
    if isinstance(error, RefreshError) and not error.retryable:
        return BadInput(f"Google Cloud refuses the credentials for BigQuery ({where}): {_first_line(error)} {LOGIN}")
    return WarehouseUnavailable(f"No identity for BigQuery ({where}) just now: {_first_line(error)} Try again later.")


def _of_answer(where: str, error: Exception) -> FirelineError | None:
    code = getattr(error, "code", None)
    reasons = {str(item.get("reason", "")) for item in getattr(error, "errors", None) or () if isinstance(item, dict)}
    said = _first_line(error)
    if reasons & _PASSING or code == 429 or (code or 0) >= 500 or "Could not serialize access" in said:
        return WarehouseUnavailable(f"BigQuery ({where}) cannot do this just now: {said} Try again later.")
    if code == 401:
        return BadInput(f"Google Cloud refuses the credentials for BigQuery ({where}): {said} {LOGIN}")
    if code == 403:
        return BadInput(f"BigQuery ({where}) does not allow this: {said} {ROLES}")
    if code == 404:
        return BadInput(
            f"BigQuery ({where}): {said} Check FIRELINE_BIGQUERY_PROJECT and FIRELINE_BIGQUERY_DATASET;"
            " a dataset or table that was removed is created again at the next start."
        )
    return None


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0] if lines[0].endswith((".", "!", "?")) else f"{lines[0]}."
