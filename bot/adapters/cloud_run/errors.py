"""What Cloud Run and its credentials refused, in words, with the command that mends it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.domain.deploys.deployed import CloudPlace
from bot.domain.redaction import redacted
from bot.ports.cloud_run import CloudRunChanged, CloudRunError, CloudRunRefused, CloudRunUnavailable, CloudRunUnclear

LOGIN = "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file"
VIEWER, DEVELOPER = "roles/run.viewer", "roles/run.developer"
"""https://cloud.google.com/run/docs/reference/iam/roles"""
MOST_SAID = 300
BUSY = frozenset({"RESOURCE_EXHAUSTED"})
NO = frozenset(
    {
        *("INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "FAILED_PRECONDITION"),
        *("OUT_OF_RANGE", "UNIMPLEMENTED", "UNAUTHENTICATED"),
    }
)
"""Codes that say that nothing was done: https://grpc.github.io/grpc/core/md_doc_statuscodes.html"""


@contextmanager
def explained(place: CloudPlace, member: Callable[[], str], *, act: bool) -> Iterator[None]:
    """`member` gives the account that asks, as IAM names it. `act`: the call changes something."""
    from google.api_core.exceptions import GoogleAPICallError, RetryError
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except GoogleAuthError as error:
        raise CloudRunRefused(f"Google Cloud gives no identity: {_said(error)}", LOGIN) from error
    except RetryError as error:
        raise _no_answer(place, error, act=act) from error
    except GoogleAPICallError as error:
        raise _answered(place, member, error, act=act) from error


def _answered(place: CloudPlace, member: Callable[[], str], error: Exception, *, act: bool) -> CloudRunError:
    code = getattr(getattr(error, "grpc_status_code", None), "name", "")
    if code == "ABORTED":
        return CloudRunChanged(f"{place.name} was changed by somebody else meanwhile", "Look at it again")
    if code in BUSY:
        return CloudRunUnavailable(f"Cloud Run is asked too often about {place.name}: {_said(error)}")
    if code in NO:
        return CloudRunRefused(_refusal(place, code, error, act=act), _remedy(place, member, code, act=act))
    return _no_answer(place, error, act=act)


def _no_answer(place: CloudPlace, error: Exception, *, act: bool) -> CloudRunError:
    kind = CloudRunUnclear if act else CloudRunUnavailable
    return kind(f"Cloud Run gives no answer about {place.name}: {_said(error)}")


def _refusal(place: CloudPlace, code: str, error: Exception, *, act: bool) -> str:
    if code == "PERMISSION_DENIED":
        return f"Cloud Run does not let Fireline {'change' if act else 'read'} {place.name}: {_said(error)}"
    if code == "NOT_FOUND":
        return f"Cloud Run has no {place.name} in {place.project}, {place.region}"
    return f"Cloud Run refuses it for {place.name}: {_said(error)}"


def _remedy(place: CloudPlace, member: Callable[[], str], code: str, *, act: bool) -> str:
    if code == "UNAUTHENTICATED":
        return LOGIN
    if code == "NOT_FOUND":
        listed = f"`gcloud run services list --project={place.project} --region={place.region}`"
        return f"Correct the registry; {listed} shows what there is (of a job: `gcloud run jobs list`)"
    if code == "PERMISSION_DENIED":
        role = DEVELOPER if act else VIEWER
        return f"Run `gcloud projects add-iam-policy-binding {place.project} --member={member()} --role={role}`"
    return ""


def _said(error: Exception) -> str:
    """The first line, without secrets."""
    lines = redacted(str(getattr(error, "message", "") or error)).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:MOST_SAID].rstrip(". ")
