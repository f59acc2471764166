"""Events on the local disk until a sink has them: each process appends to a file of its own.

An event is one write(2) at the end of the file, without fsync: it survives the death of the process (kill -9, out of
memory), not that of the machine. What a dead process left is sent by the next one with the same folder. An event that
is sent and not yet marked as sent goes again: whoever takes it knows it by its run and kind.
"""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from bot.recorder.errors import words

EVENTS, SENT, REFUSED = ".events", ".sent", "refused.ndjson"
PIECE, LARGEST_EVENT = 64 * 1024, 16 * 1024 * 1024
LARGEST, LARGEST_REFUSED, MOST_HELD = 256 * 1024 * 1024, 16 * 1024 * 1024, 10_000
"""Bytes of a file, and events in memory where the disk takes none: what comes then is lost, and counted."""
SHOWN, LARGEST_SHOWN = 2_000, 64 * 1024
"""Of what is put aside: bytes of an event that is longer than that are left out."""
Send = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
"""Returns those that were refused for good, with `refused`, the reason; raises where it cannot be reached."""


class Spool:
    def __init__(self, folder: str) -> None:
        self._folder, self.lost, self.refused, self._reason = folder, 0, 0, ""
        self._reset()

    def _reset(self) -> None:
        self._lock, self._flushing = threading.Lock(), threading.Lock()
        self._held: deque[bytes] = deque()
        self._name, self._file, self._size, self._torn = "", -1, 0, False

    def forked(self) -> None:
        """In a child: the file goes on being the parent's."""
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
        self._reset()

    def append(self, event: dict[str, Any]) -> None:
        line = json.dumps(event, default=words).encode() + b"\n"
        with self._lock:
            try:
                self._write(line)
            except (OSError, ValueError):
                self._hold(line)

    def _write(self, line: bytes) -> None:
        if self._file < 0:
            self._name, self._file = _own_file(self._folder)
        if self._size + len(line) > LARGEST:
            raise OSError("the spool is full")
        written = os.write(self._file, b"\n" + line if self._torn else line)
        self._size += written
        self._torn = written < len(line)
        if self._torn:
            raise OSError("the disk is full")

    def _hold(self, line: bytes) -> None:
        if len(self._held) >= MOST_HELD:
            self.lost += 1
        else:
            self._held.append(line)

    @property
    def refusal(self) -> tuple[int, str, str]:
        """How many events make no sense to the sink, where they are, and why the newest does not."""
        return self.refused, os.path.join(self._folder, REFUSED), self._reason

    @property
    def is_empty(self) -> bool:
        return not self._size and not self._held

    def flush(self, send: Send) -> None:
        """Give the sink what there is, of dead processes, too. Raises what the sink raises."""
        with self._flushing:
            if self._size:
                self._send_file(self._name, self._file, send)
                self._empty()
            while self._held:
                held = [self._held[n] for n in range(min(500, len(self._held)))]
                self._sent(send, b"".join(held))
                for _ in held:
                    self._held.popleft()
            for name in _left_behind(self._folder, self._name):
                with _adopted(name) as file:
                    if file >= 0:
                        self._send_file(name, file, send)
                        _remove(name)

    def _send_file(self, name: str, file: int, send: Send) -> None:
        sent = _sent_of(name)
        if sent > os.fstat(file).st_size:
            sent = 0
        while piece := _piece(file, sent):
            end = piece.rfind(b"\n") + 1
            if not end and len(piece) < LARGEST_EVENT:
                return  # it is not whole yet, or was cut off
            if not end:
                end = _next_line(file, sent)
                self._refuse([{"line": piece[:SHOWN].decode(errors="replace"), "refused": f"it has {end} bytes"}])
            else:
                self._sent(send, piece[:end])
            sent += end
            _mark(name, sent)

    def _sent(self, send: Send, lines: bytes) -> None:
        if events := list(_events(lines)):
            self._refuse(send(events))

    def _empty(self) -> None:
        """Once all is sent. The mark first: cut off in between, everything is sent again."""
        with self._lock:
            if self._file >= 0 and _sent_of(self._name) >= self._size:
                _mark(self._name, 0)
                os.ftruncate(self._file, 0)
                self._size = 0

    def _refuse(self, events: list[dict[str, Any]]) -> None:
        """What no sink will ever take is put aside, to be looked at."""
        if not events:
            return
        self.refused += len(events)
        self._reason = words(events[-1].get("refused", "it gives no reason"))[:500]
        path = os.path.join(self._folder, REFUSED)
        with suppress(OSError, ValueError):
            if not (os.path.exists(path) and os.path.getsize(path) > LARGEST_REFUSED):
                file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                try:
                    os.write(file, b"".join(map(_line_of, events)))
                finally:
                    os.close(file)


def _piece(file: int, at: int) -> bytes:
    """With one event at least, where one ends before the largest is passed."""
    piece = os.pread(file, PIECE, at)
    return os.pread(file, LARGEST_EVENT, at) if len(piece) == PIECE and b"\n" not in piece else piece


def _next_line(file: int, at: int) -> int:
    """How many bytes the line is that begins there."""
    length = 0
    while piece := os.pread(file, PIECE, at + length):
        found = piece.find(b"\n") + 1
        if found:
            return length + found
        length += len(piece)
    return length


def _line_of(refused: dict[str, Any]) -> bytes:
    line = json.dumps(refused, default=words)
    if len(line) > LARGEST_SHOWN:
        line = json.dumps({"line": line[:SHOWN], "refused": refused.get("refused")}, default=words)
    return line.encode() + b"\n"


def _events(lines: bytes) -> Iterator[dict[str, Any]]:
    for line in lines.splitlines():
        with suppress(ValueError):
            event = json.loads(line)
            if isinstance(event, dict):
                yield event


def _own_file(folder: str) -> tuple[str, int]:
    """A new file that is this process's for as long as it lives. Raises OSError."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    while True:
        name = os.path.join(folder, f"{os.getpid()}-{os.urandom(4).hex()}{EVENTS}")
        file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o600)
        if _locked(file):
            return name, file
        os.close(file)


def _locked(file: int) -> bool:
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _left_behind(folder: str, own: str) -> list[str]:
    try:
        names = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(EVENTS))
    except (OSError, ValueError):
        return []
    return [name for name in names if name != own]


@contextmanager
def _adopted(name: str) -> Iterator[int]:
    """The file of a process that is dead; -1 where it lives, or another one is at it."""
    try:
        file = os.open(name, os.O_RDWR)
    except OSError:
        yield -1
        return
    try:
        yield file if _locked(file) and os.fstat(file).st_nlink else -1
    finally:
        os.close(file)


def _remove(name: str) -> None:
    for each in (name, name + SENT):
        with suppress(OSError):
            os.unlink(each)


def _sent_of(name: str) -> int:
    try:
        with open(name + SENT, "rb") as file:
            return int(file.read(20))
    except (OSError, ValueError):
        return 0


def _mark(name: str, sent: int) -> None:
    with open(name + SENT, "wb") as file:
        file.write(b"%020d" % sent)
