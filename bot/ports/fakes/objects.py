"""An object store in a dictionary."""

from collections.abc import Iterator
from datetime import datetime

from bot.ports.objects import ObjectInfo, ObjectMissing


class FakeObjectStore:
    """Implements `bot.ports.objects.ObjectStore`."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[bytes, datetime]] = {}

    def put(self, path: str, content: bytes, created_at: datetime) -> None:
        self._held[path] = (content, created_at)

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        for path, (content, created_at) in sorted(self._held.items()):
            if path.startswith(prefix):
                yield ObjectInfo(path, len(content), created_at)

    def read(self, path: str, limit: int) -> bytes:
        if path not in self._held:
            raise ObjectMissing(f"{path}: there is no such object")
        return self._held[path][0][:limit]
