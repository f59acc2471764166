"""Objects in storage: the raw files that sources deliver. A path is a URL (`gs://bucket/name`, `file:///name`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.errors import BadInput, FirelineError


class ObjectMissing(BadInput):
    """There is no object at a path."""


class ObjectsUnavailable(FirelineError):
    """The store cannot be reached just now."""

    retryable = True


@dataclass(frozen=True)
class ObjectInfo:
    """`created_at` is aware UTC: when these contents came to be there."""

    path: str
    size_bytes: int
    created_at: datetime


class ObjectStore(Protocol):
    """Raises BadInput for a path or an identity that is refused, ObjectsUnavailable when it cannot be reached."""

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Every object whose path begins with the prefix, at any depth, in ascending order of path."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """The first `limit` bytes of an object, or all of them. Raises ObjectMissing."""
        ...
