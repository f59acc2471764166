"""The three object stores of the contract suite, and how objects get into them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from gcsfs.core import GCSFileSystem

from bot.adapters.objects import FsspecObjectStore
from bot.ports.fakes.objects import FakeObjectStore
from bot.ports.objects import ObjectStore

WRITTEN = datetime(2026, 1, 15, 12, tzinfo=UTC)


class Shelf(Protocol):
    """A store with a place of its own to put objects below. `fixed_times`: it can be told when they were made."""

    store: ObjectStore
    root: str
    fixed_times: bool

    def put(self, name: str, content: bytes) -> None: ...


class FakeShelf:
    root, fixed_times = "gs://raw", True

    def __init__(self) -> None:
        self.store = self._fake = FakeObjectStore()

    def put(self, name: str, content: bytes) -> None:
        self._fake.put(f"{self.root}/{name}", content, WRITTEN)


class LocalShelf:
    fixed_times = True

    def __init__(self, directory: Path) -> None:
        self.store, self._directory, self.root = FsspecObjectStore(), directory, f"file://{directory}"

    def put(self, name: str, content: bytes) -> None:
        path = self._directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (WRITTEN.timestamp(), WRITTEN.timestamp()))


class CloudShelf:
    fixed_times = False

    def __init__(self, endpoint: str, bucket: str) -> None:
        self.store, self.root = FsspecObjectStore(gcs_endpoint=endpoint), f"gs://{bucket}"
        self._files = GCSFileSystem(token="anon", endpoint_url=endpoint, skip_instance_cache=True)
        self._files.mkdir(bucket)

    def put(self, name: str, content: bytes) -> None:
        self._files.pipe_file(f"{self.root}/{name}", content)


@contextmanager
def cloud_storage() -> Iterator[str]:
    """Cloud Storage on this machine: yields the address of its API."""
    from gcp_storage_emulator.server import create_server

    server = create_server("127.0.0.1", 0, in_memory=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{server._api._httpd.server_port}"
    finally:
        server.stop()
