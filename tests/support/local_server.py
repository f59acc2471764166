"""A server on this machine for as long as a test asks it."""

import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

RESET = struct.pack("ii", 1, 0)
"""Close sends RST: https://man7.org/linux/man-pages/man7/socket.7.html, SO_LINGER."""


class _Server(ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the story; a fault of the server is not."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def served(handler: type[StreamRequestHandler], **place: Any) -> Iterator[int]:
    """The port at which `handler` answers; each of its instances knows its `place`."""
    with _Server(("127.0.0.1", 0), type("Handler", (handler,), place)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def cut(connection: socket.socket) -> None:
    """As a network that fails does it: nothing more is said, not even an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()


def reset(request: BaseHTTPRequestHandler) -> None:
    """No answer, and no second request by this connection."""
    cut(request.connection)
    request.close_connection = True
