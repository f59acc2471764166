"""The last requests the app made and the last deliveries it got, for assertions."""

from collections import deque
from typing import Any

_ENTRIES = 5_000
_BYTES = 16_000_000


class Recorder:
    """Holds the newest entries within a fixed number and a fixed size."""

    def __init__(self) -> None:
        self._entries: deque[tuple[int, dict[str, Any]]] = deque()
        self._bytes = 0
        self._number = 0

    def add(self, kind: str, size: int, /, **fields: Any) -> dict[str, Any]:
        """`kind` is `request` (the app called) or `delivery` (the app was called); `size` in bytes, about.

        The entry is returned so that what is known only later can be filled in.
        """
        self._number += 1
        entry = {"n": self._number, "kind": kind, **fields}
        self._entries.append((size, entry))
        self._bytes += size
        while len(self._entries) > _ENTRIES or self._bytes > _BYTES:
            self._bytes -= self._entries.popleft()[0]
        return entry

    def entries(self, since: int = 0, **match: Any) -> list[dict[str, Any]]:
        """Entries with number above `since` whose fields equal `match`."""
        return [
            entry
            for _, entry in self._entries
            if entry["n"] > since and all(entry.get(name) == value for name, value in match.items())
        ]

    def last(self) -> int:
        return self._number

    def clear(self) -> None:
        self._entries.clear()
        self._bytes = 0
