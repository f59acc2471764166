"""Objects in Google Cloud Storage (`gs://`) and in local directories (`file://`), through fsspec."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bot.domain.errors import BadInput
from bot.ports.objects import ObjectInfo, ObjectMissing, ObjectsUnavailable

LOGIN = "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file."
SCHEMES = ("gs", "file")


class FsspecObjectStore:
    """Implements `bot.ports.objects.ObjectStore`. Listings are never kept: files arrive at any time.

    `gcs_endpoint`: another address of the Cloud Storage API, used without credentials: an emulator.
    """

    def __init__(self, *, gcs_endpoint: str = "") -> None:
        self._gcs_endpoint = gcs_endpoint
        self._systems: dict[str, Any] = {}

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        scheme = _scheme(prefix)
        directory, _, start = prefix.rpartition("/")
        with _errors_named(prefix):
            system = self._system(scheme)
            found = (
                system.find(directory, prefix=start, detail=True)
                if scheme == "gs"
                else system.find(directory, detail=True)
            )
            infos = [_info(scheme, f"{scheme}://{name}", detail) for name, detail in found.items()]
        yield from sorted((info for info in infos if info.path.startswith(prefix)), key=lambda info: info.path)

    def read(self, path: str, limit: int) -> bytes:
        with _errors_named(path):
            system = self._system(_scheme(path))
            if not limit or not system.size(path):
                return b""
            content: bytes = system.cat_file(path, start=0, end=limit)
        return content

    def _system(self, scheme: str) -> Any:
        if scheme not in self._systems:
            self._systems[scheme] = _cloud_storage(self._gcs_endpoint) if scheme == "gs" else _local_files()
        return self._systems[scheme]


def _cloud_storage(endpoint: str) -> Any:
    """The plain file system: the one that fsspec would choose asks every bucket for its layout over gRPC first, and
    waits for a minute where it may not."""
    from gcsfs.core import GCSFileSystem

    options: dict[str, Any] = {"skip_instance_cache": True, "use_listings_cache": False}
    return GCSFileSystem(token="anon" if endpoint else "google_default", endpoint_url=endpoint or None, **options)


def _local_files() -> Any:
    import fsspec

    return fsspec.filesystem("file")


def _scheme(path: str) -> str:
    scheme, found, _ = path.partition("://")
    if not found or scheme not in SCHEMES:
        raise BadInput(f"{path!r} is not the path of an object. Write gs://bucket/name or file:///directory/name.")
    return scheme


def _info(scheme: str, path: str, detail: dict[str, Any]) -> ObjectInfo:
    """Overwriting gives an object in Cloud Storage a new creation time; a local file has that of its last change."""
    if scheme == "gs":
        created_at = datetime.fromisoformat(detail["timeCreated"]).astimezone(UTC)
    else:
        created_at = datetime.fromtimestamp(detail["mtime"], UTC)
    return ObjectInfo(path, int(detail["size"]), created_at)


@contextmanager
def _errors_named(path: str) -> Iterator[None]:
    from aiohttp import ClientError
    from gcsfs.retry import HttpError
    from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError

    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing(f"{path}: there is no such object") from error
    except (PermissionError, IsADirectoryError, NotADirectoryError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from error
    except DefaultCredentialsError as error:
        raise BadInput(f"{path}: no Google Cloud credentials. {LOGIN}") from error
    except HttpError as error:
        if int(error.code or 0) in (401, 403):
            raise BadInput(f"{path}: Google Cloud refuses access: {error.message}. {LOGIN}") from error
        raise ObjectsUnavailable(f"{path}: {error.message}. Try again later.") from error
    except (GoogleAuthError, ClientError, TimeoutError, OSError) as error:
        raise ObjectsUnavailable(f"{path}: cannot be reached: {error}. Try again later.") from error
